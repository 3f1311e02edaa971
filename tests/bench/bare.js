// A page that only calls: what the booth is compared with.
//
// Put after the probe of the stories, so that it sends and measures with the same code as the
// recruiter's page does. Descriptions carry their candidates and are handed over by the driver.
(() => {
  const { codec, maxBitrate, shown } = window.bareOptions;
  const peers = new Map();
  const held = [];
  let stream;

  window.engawa = { peers: () => [...peers].map(([seat, pc]) => ({ seat, pc })) };

  /** A picture shown is painted; one that is not is decoded all the same. */
  function show(track) {
    const video = document.createElement(track.kind);
    video.autoplay = true;
    video.muted = !shown;
    video.srcObject = new MediaStream([track]);
    if (shown) document.body.append(video);
    else held.push(video);
  }

  async function connection(seat) {
    stream ??= await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      video: { width: 1280, height: 720, frameRate: 30 },
    });
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    peers.set(seat, pc);
    pc.ontrack = ({ track }) => show(track);
    for (const track of stream.getTracks()) {
      if (track.kind === 'video') track.contentHint = 'motion';
      // A kiosk shows the candidate their own picture too.
      if (track.kind === 'video' && shown && peers.size === 1) show(track);
      pc.addTrack(track, stream);
    }
    return pc;
  }

  /** Prefers the codec and bounds the bitrate as the booth and the recruiter's page do. */
  async function tune(pc) {
    for (const { sender } of pc.getTransceivers().filter((one) => one.sender.track?.kind === 'video')) {
      const parameters = sender.getParameters();
      if (!parameters.encodings[0]) continue;
      parameters.encodings[0].maxBitrate = maxBitrate;
      parameters.degradationPreference = 'maintain-framerate';
      await sender.setParameters(parameters);
    }
  }

  function prefer(pc) {
    const { codecs } = RTCRtpReceiver.getCapabilities('video');
    const first = codecs.filter(({ mimeType, sdpFmtpLine = '' }) =>
      mimeType.toLowerCase() === codec && (codec !== 'video/h264' || /42e01f|42001f/.test(sdpFmtpLine) && /packetization-mode=1/.test(sdpFmtpLine)));
    const rest = codecs.filter((one) => !first.includes(one));
    for (const transceiver of pc.getTransceivers()) {
      if (transceiver.receiver.track.kind === 'video') transceiver.setCodecPreferences([...first, ...rest]);
    }
  }

  async function described(pc) {
    await pc.setLocalDescription();
    while (pc.iceGatheringState !== 'complete') {
      await new Promise((next) => pc.addEventListener('icegatheringstatechange', next, { once: true }));
    }
    return pc.localDescription.toJSON();
  }

  window.bare = {
    offer: async (seat) => {
      const pc = await connection(seat);
      prefer(pc);
      return described(pc);
    },
    answer: async (seat, offer) => {
      const pc = await connection(seat);
      await pc.setRemoteDescription(offer);
      prefer(pc);
      const answer = await described(pc);
      await tune(pc);
      return answer;
    },
    accept: async (seat, answer) => {
      const pc = peers.get(seat);
      await pc.setRemoteDescription(answer);
      await tune(pc);
    },
    /** What is sent to a seat: how large, how often, with which encoder. */
    sent: async (seat) => {
      const all = [...(await peers.get(seat).getStats()).values()];
      const video = all.find((one) => one.type === 'outbound-rtp' && one.kind === 'video');
      return {
        width: video.frameWidth ?? 0, height: video.frameHeight ?? 0, frames: video.framesEncoded ?? 0,
        encoder: video.encoderImplementation ?? '', limited: video.qualityLimitationReason ?? '',
        codec: all.find((one) => one.id === video.codecId)?.mimeType ?? '',
      };
    },
  };
})();
