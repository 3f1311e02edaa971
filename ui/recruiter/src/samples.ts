// Generated from src/protocol by its test `the_samples_are_read_as_they_were_written`; not edited by hand.
import type { ClientMessage, ServiceMessage } from './protocol';

export const client: ClientMessage[] = [
  {
    "type": "hello",
    "protocol": 1,
    "client": "01010101010101010101010101010101"
  },
  {
    "type": "follow",
    "room": "abababababababababababababababab",
    "after": 0
  },
  {
    "type": "unfollow",
    "room": "abababababababababababababababab"
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 1,
    "command": {
      "type": "knock",
      "company": "minato",
      "name": "佐藤花子",
      "locale": "ja"
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 2,
    "command": {
      "type": "cancel_knock"
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 3,
    "command": {
      "type": "admit"
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 4,
    "command": {
      "type": "wait",
      "message": "あと5分で始めます。"
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 5,
    "command": {
      "type": "refuse",
      "message": "15時ごろ、もう一度お越しください。"
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 6,
    "command": {
      "type": "join",
      "receives": [
        "h264",
        "vp8"
      ]
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 7,
    "command": {
      "type": "switch",
      "microphone": false,
      "camera": true
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 8,
    "command": {
      "type": "leave"
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 9,
    "command": {
      "type": "end"
    }
  },
  {
    "type": "signal",
    "room": "abababababababababababababababab",
    "to": {
      "seat": 1,
      "since": 4
    },
    "attempt": 1,
    "signal": {
      "type": "offer",
      "sdp": "v=0\r\n"
    }
  },
  {
    "type": "signal",
    "room": "abababababababababababababababab",
    "to": {
      "seat": 1,
      "since": 4
    },
    "attempt": 1,
    "signal": {
      "type": "answer",
      "sdp": "v=0\r\n"
    }
  },
  {
    "type": "signal",
    "room": "abababababababababababababababab",
    "to": {
      "seat": 1,
      "since": 4
    },
    "attempt": 1,
    "signal": {
      "type": "candidate",
      "candidate": "candidate:1 1 UDP 1 192.0.2.1 9 typ host",
      "line": 0
    }
  },
  {
    "type": "signal",
    "room": "abababababababababababababababab",
    "to": {
      "seat": 1,
      "since": 4
    },
    "attempt": 1,
    "signal": {
      "type": "rebuild"
    }
  },
  {
    "type": "still",
    "room": "abababababababababababababababab",
    "jpeg": "/9j/"
  },
  {
    "type": "ping",
    "n": 7
  }
];
export const service: ServiceMessage[] = [
  {
    "type": "welcome",
    "protocol": 1,
    "you": {
      "type": "booth",
      "booth": "a-03",
      "name": "A-03"
    },
    "event": {
      "ja": "合同面接会",
      "ko": "합동 면접회",
      "en": "Job fair"
    },
    "ice_servers": [
      {
        "urls": [
          "turn:turn.example:3478"
        ],
        "username": "booth",
        "credential": "secret"
      }
    ],
    "now": 1795235400000
  },
  {
    "type": "welcome",
    "protocol": 1,
    "you": {
      "type": "host",
      "account": "takahashi",
      "name": "高橋 めぐみ",
      "title": "採用担当",
      "company": "minato"
    },
    "event": {
      "ja": "合同面接会",
      "ko": "합동 면접회",
      "en": "Job fair"
    },
    "ice_servers": [
      {
        "urls": [
          "turn:turn.example:3478"
        ],
        "username": "booth",
        "credential": "secret"
      }
    ],
    "now": 1795235400000
  },
  {
    "type": "directory",
    "companies": [
      {
        "company": "minato",
        "name": {
          "ja": "みなと精工",
          "ko": "미나토 정공",
          "en": "Minato Precision"
        },
        "hosts": [
          {
            "name": "高橋 めぐみ",
            "title": "採用担当"
          }
        ],
        "waiting": 1
      }
    ]
  },
  {
    "type": "lobby",
    "rooms": [
      {
        "room": "abababababababababababababababab",
        "booth": "A-03",
        "guest": "佐藤花子",
        "locale": "ja",
        "progress": "knocking",
        "since": 1795235401000,
        "opened": 1795235401000,
        "hosts": [
          "高橋 めぐみ"
        ],
        "lost": false
      }
    ],
    "booths": [
      {
        "booth": "a-03",
        "name": "A-03",
        "here": true,
        "taken": true
      }
    ]
  },
  {
    "type": "queue",
    "room": "abababababababababababababababab",
    "place": 2
  },
  {
    "type": "events",
    "room": "abababababababababababababababab",
    "events": [
      {
        "seq": 1,
        "at": 1795235401000,
        "by": {
          "type": "guest",
          "booth": "a-03"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 1
        },
        "event": {
          "type": "knocked",
          "company": "minato",
          "name": "佐藤花子",
          "locale": "ja"
        }
      },
      {
        "seq": 2,
        "at": 1795235402000,
        "by": {
          "type": "guest",
          "booth": "a-03"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 2
        },
        "event": {
          "type": "joined",
          "seat": 0,
          "role": "guest",
          "name": "佐藤花子",
          "title": "",
          "receives": [
            "h264",
            "vp8"
          ]
        }
      },
      {
        "seq": 3,
        "at": 1795235403000,
        "by": {
          "type": "guest",
          "booth": "a-03"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 3
        },
        "event": {
          "type": "knock_cancelled"
        }
      },
      {
        "seq": 4,
        "at": 1795235404000,
        "by": {
          "type": "guest",
          "booth": "a-03"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 4
        },
        "event": {
          "type": "knocked",
          "company": "minato",
          "name": "佐藤花子",
          "locale": "ja"
        }
      },
      {
        "seq": 5,
        "at": 1795235405000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 5
        },
        "event": {
          "type": "asked_to_wait",
          "message": "あと5分で始めます。",
          "from": "高橋 めぐみ"
        }
      },
      {
        "seq": 6,
        "at": 1795235406000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 6
        },
        "event": {
          "type": "joined",
          "seat": 1,
          "role": "host",
          "name": "高橋 めぐみ",
          "title": "採用担当",
          "receives": [
            "h264",
            "vp8"
          ]
        }
      },
      {
        "seq": 7,
        "at": 1795235407000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 7
        },
        "event": {
          "type": "admitted"
        }
      },
      {
        "seq": 8,
        "at": 1795235408000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 8
        },
        "event": {
          "type": "joined",
          "seat": 2,
          "role": "host",
          "name": "田中 修",
          "title": "採用担当",
          "receives": [
            "vp8"
          ]
        }
      },
      {
        "seq": 9,
        "at": 1795235409000,
        "by": {
          "type": "guest",
          "booth": "a-03"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 9
        },
        "event": {
          "type": "switched",
          "seat": 0,
          "microphone": false,
          "camera": true
        }
      },
      {
        "seq": 10,
        "at": 1795235410000,
        "by": {
          "type": "service"
        },
        "event": {
          "type": "lost",
          "seat": 1
        }
      },
      {
        "seq": 11,
        "at": 1795235411000,
        "by": {
          "type": "service"
        },
        "event": {
          "type": "back",
          "seat": 1
        }
      },
      {
        "seq": 12,
        "at": 1795235412000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 12
        },
        "event": {
          "type": "left",
          "seat": 2,
          "cause": "button"
        }
      },
      {
        "seq": 13,
        "at": 1795235413000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 13
        },
        "event": {
          "type": "ended",
          "cause": "host"
        }
      }
    ],
    "last": 13
  },
  {
    "type": "done",
    "room": "abababababababababababababababab",
    "n": 1
  },
  {
    "type": "refused",
    "room": "abababababababababababababababab",
    "n": 3,
    "reason": "wrong_moment"
  },
  {
    "type": "signal",
    "room": "abababababababababababababababab",
    "from": {
      "seat": 0,
      "since": 2
    },
    "to": {
      "seat": 1,
      "since": 6
    },
    "attempt": 1,
    "signal": {
      "type": "offer",
      "sdp": "v=0\r\n"
    }
  },
  {
    "type": "still",
    "room": "abababababababababababababababab",
    "jpeg": "/9j/"
  },
  {
    "type": "pong",
    "n": 7,
    "now": 1795235400000
  },
  {
    "type": "fault",
    "fault": "unknown_message",
    "text": "no message is called \"dance\""
  }
];
