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
      ],
      "take_over": true
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
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 10,
    "command": {
      "type": "say",
      "text": "ありがとうございます。"
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 1,
    "command": {
      "type": "send_file",
      "file": "5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d"
    },
    "queue": "02020202020202020202020202020202"
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 12,
    "command": {
      "type": "delete_post",
      "post": 14
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 13,
    "command": {
      "type": "clear_chat"
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 14,
    "command": {
      "type": "raise_hand",
      "up": true
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 15,
    "command": {
      "type": "hold",
      "on": true
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 16,
    "command": {
      "type": "mute_all"
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 17,
    "command": {
      "type": "cameras_off"
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 18,
    "command": {
      "type": "preset",
      "microphone": false,
      "camera": true,
      "names": true
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 19,
    "command": {
      "type": "extend",
      "minutes": 10
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 20,
    "command": {
      "type": "book",
      "booking": {
        "company": "minato",
        "kind": "interview",
        "slot": {
          "starts": 1795235400000,
          "ends": 1795237200000
        },
        "guest": "佐藤花子",
        "locale": "ja",
        "hosts": [
          "takahashi"
        ],
        "booth": "a-03",
        "reentry": "network_only",
        "name": "required"
      }
    }
  },
  {
    "type": "command",
    "room": "abababababababababababababababab",
    "n": 21,
    "command": {
      "type": "cancel_booking"
    }
  },
  {
    "type": "redeem",
    "n": 1,
    "ticket": {
      "type": "number",
      "number": "0427"
    },
    "take_over": false
  },
  {
    "type": "redeem",
    "n": 2,
    "ticket": {
      "type": "code",
      "code": "engawa:1:q6u"
    },
    "take_over": true
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
    "type": "call_staff",
    "on": true
  },
  {
    "type": "attend",
    "booth": "a-03",
    "on": true
  },
  {
    "type": "device",
    "device": {
      "version": "1.4.2",
      "slot": "A",
      "faults": [
        "panel"
      ],
      "fallback": {
        "version": "1.4.3",
        "reason": "camera, call"
      }
    }
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
    "type": "welcome",
    "protocol": 1,
    "you": {
      "type": "staff",
      "account": "desk",
      "name": "西村 誠"
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
        "waiting": 1,
        "walk_up": true
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
        "lost": false,
        "kind": "interview",
        "slot": {
          "starts": 1795235400000,
          "ends": 1795237200000
        },
        "held": false,
        "ring": {
          "type": "host",
          "account": "takahashi"
        }
      },
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
        "lost": false,
        "held": false,
        "ring": {
          "type": "all"
        }
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
          "type": "staff",
          "account": "desk"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 1
        },
        "event": {
          "type": "booked",
          "booking": {
            "company": "minato",
            "kind": "interview",
            "slot": {
              "starts": 1795235400000,
              "ends": 1795237200000
            },
            "guest": "佐藤花子",
            "locale": "ja",
            "hosts": [
              "takahashi"
            ],
            "booth": "a-03",
            "reentry": "network_only",
            "name": "required"
          }
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
          "type": "knocked",
          "company": "minato",
          "name": "佐藤花子",
          "locale": "ja"
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
          "type": "knock_cancelled"
        }
      },
      {
        "seq": 5,
        "at": 1795235405000,
        "by": {
          "type": "guest",
          "booth": "a-03"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 5
        },
        "event": {
          "type": "knocked",
          "company": "minato",
          "name": "佐藤花子",
          "locale": "ja"
        }
      },
      {
        "seq": 6,
        "at": 1795235406000,
        "by": {
          "type": "service"
        },
        "event": {
          "type": "rang",
          "account": "takahashi"
        }
      },
      {
        "seq": 7,
        "at": 1795235407000,
        "by": {
          "type": "service"
        },
        "event": {
          "type": "rang"
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
          "type": "asked_to_wait",
          "message": "あと5分で始めます。",
          "from": "高橋 めぐみ"
        }
      },
      {
        "seq": 9,
        "at": 1795235409000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 9
        },
        "event": {
          "type": "preset",
          "microphone": true,
          "camera": false,
          "names": true
        }
      },
      {
        "seq": 10,
        "at": 1795235410000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 10
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
        "seq": 11,
        "at": 1795235411000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 11
        },
        "event": {
          "type": "admitted"
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
        "seq": 13,
        "at": 1795235413000,
        "by": {
          "type": "guest",
          "booth": "a-03"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 13
        },
        "event": {
          "type": "switched",
          "seat": 0,
          "microphone": false,
          "camera": true
        }
      },
      {
        "seq": 14,
        "at": 1795235414000,
        "by": {
          "type": "guest",
          "booth": "a-03"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 14
        },
        "event": {
          "type": "said",
          "text": "聞こえますか。"
        }
      },
      {
        "seq": 15,
        "at": 1795235415000,
        "by": {
          "type": "guest",
          "booth": "a-03"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 15
        },
        "event": {
          "type": "file_sent",
          "file": {
            "file": "5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d",
            "name": "職務経歴書.pdf",
            "size": 284112,
            "media_type": "application/pdf"
          }
        }
      },
      {
        "seq": 16,
        "at": 1795235416000,
        "by": {
          "type": "guest",
          "booth": "a-03"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 16
        },
        "event": {
          "type": "post_deleted",
          "post": 14
        }
      },
      {
        "seq": 17,
        "at": 1795235417000,
        "by": {
          "type": "guest",
          "booth": "a-03"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 17
        },
        "event": {
          "type": "hand_raised",
          "seat": 0
        }
      },
      {
        "seq": 18,
        "at": 1795235418000,
        "by": {
          "type": "guest",
          "booth": "a-03"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 18
        },
        "event": {
          "type": "hand_lowered",
          "seat": 0
        }
      },
      {
        "seq": 19,
        "at": 1795235419000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 19
        },
        "event": {
          "type": "silenced",
          "microphones": true,
          "cameras": false,
          "except": 1
        }
      },
      {
        "seq": 20,
        "at": 1795235420000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 20
        },
        "event": {
          "type": "silenced",
          "microphones": false,
          "cameras": true,
          "except": 1
        }
      },
      {
        "seq": 21,
        "at": 1795235421000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 21
        },
        "event": {
          "type": "held"
        }
      },
      {
        "seq": 22,
        "at": 1795235422000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 22
        },
        "event": {
          "type": "resumed"
        }
      },
      {
        "seq": 23,
        "at": 1795235423000,
        "by": {
          "type": "service"
        },
        "event": {
          "type": "lost",
          "seat": 1
        }
      },
      {
        "seq": 24,
        "at": 1795235424000,
        "by": {
          "type": "service"
        },
        "event": {
          "type": "back",
          "seat": 1
        }
      },
      {
        "seq": 25,
        "at": 1795235425000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 25
        },
        "event": {
          "type": "left",
          "seat": 1,
          "cause": "taken_over"
        }
      },
      {
        "seq": 26,
        "at": 1795235426000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 26
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
          ],
          "returns": "taken_over"
        }
      },
      {
        "seq": 27,
        "at": 1795235427000,
        "by": {
          "type": "guest",
          "booth": "a-04"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 27
        },
        "event": {
          "type": "guest_moved"
        }
      },
      {
        "seq": 28,
        "at": 1795235428000,
        "by": {
          "type": "guest",
          "booth": "a-04"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 28
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
          ],
          "returns": "taken_over"
        }
      },
      {
        "seq": 29,
        "at": 1795235429000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 29
        },
        "event": {
          "type": "left",
          "seat": 2,
          "cause": "button"
        }
      },
      {
        "seq": 30,
        "at": 1795235430000,
        "by": {
          "type": "service"
        },
        "event": {
          "type": "ends_soon",
          "ends": 1795237200000
        }
      },
      {
        "seq": 31,
        "at": 1795235431000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 31
        },
        "event": {
          "type": "extended",
          "ends": 1795237800000
        }
      },
      {
        "seq": 32,
        "at": 1795235432000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 32
        },
        "event": {
          "type": "chat_cleared"
        }
      },
      {
        "seq": 33,
        "at": 1795235433000,
        "by": {
          "type": "host",
          "account": "takahashi"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 33
        },
        "event": {
          "type": "ended",
          "cause": "host"
        }
      },
      {
        "seq": 34,
        "at": 1795235434000,
        "by": {
          "type": "guest",
          "booth": "a-03"
        },
        "command": {
          "client": "01010101010101010101010101010101",
          "n": 34
        },
        "event": {
          "type": "said",
          "text": "ありがとうございました。",
          "late": true
        }
      }
    ],
    "last": 34
  },
  {
    "type": "done",
    "room": "abababababababababababababababab",
    "n": 1
  },
  {
    "type": "done",
    "room": "abababababababababababababababab",
    "n": 1,
    "queue": "02020202020202020202020202020202"
  },
  {
    "type": "refused",
    "room": "abababababababababababababababab",
    "n": 3,
    "reason": "wrong_moment"
  },
  {
    "type": "refused",
    "room": "abababababababababababababababab",
    "n": 20,
    "reason": "next_slot"
  },
  {
    "type": "invited",
    "n": 1,
    "room": "abababababababababababababababab",
    "booking": {
      "company": "minato",
      "kind": "interview",
      "slot": {
        "starts": 1795235400000,
        "ends": 1795237200000
      },
      "guest": "佐藤花子",
      "locale": "ja",
      "hosts": [
        "takahashi"
      ],
      "booth": "a-03",
      "reentry": "network_only",
      "name": "required"
    },
    "goes_on": false,
    "now": 1795235100000
  },
  {
    "type": "not_invited",
    "n": 2,
    "reason": {
      "type": "already_here"
    }
  },
  {
    "type": "not_invited",
    "n": 3,
    "reason": {
      "type": "too_many_tries",
      "retry_after_ms": 60000
    }
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
    "type": "floor",
    "booths": [
      {
        "booth": "a-03",
        "name": "A-03",
        "here": true,
        "in_use": true
      },
      {
        "booth": "a-04",
        "name": "A-04",
        "here": true,
        "in_use": false,
        "called_at": 1795235390000,
        "attended_by": "西村 誠"
      }
    ],
    "knocks": [
      {
        "room": "abababababababababababababababab",
        "company": {
          "ja": "みなと精工",
          "ko": "미나토 정공",
          "en": "Minato Precision"
        },
        "booth": "A-03",
        "at": 1795235300000,
        "waiting": true
      },
      {
        "room": "abababababababababababababababab",
        "company": {
          "ja": "みなと精工",
          "ko": "미나토 정공",
          "en": "Minato Precision"
        },
        "booth": "A-03",
        "at": 1795235100000,
        "waiting": false
      }
    ]
  },
  {
    "type": "staff_call",
    "called": true,
    "attended_by": "西村 誠"
  },
  {
    "type": "staff_call",
    "called": false
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
