// Which video codecs this browser can receive.
import type { Codec } from './protocol';

type Capability = { mimeType: string; sdpFmtpLine?: string };

/** H.264 baseline or constrained baseline (profile_idc 66, RFC 6184 section 8.1), packetization mode 1. */
function baseline({ sdpFmtpLine = '' }: Capability): boolean {
  return /profile-level-id=42/i.test(sdpFmtpLine) && /packetization-mode=1/.test(sdpFmtpLine);
}

/**
 * The codecs to announce at join. `only` restricts them (the page's address with `?codecs=vp8`),
 * so that an integrator can see how a booth serves a browser without H.264.
 */
export function receivable(capabilities: readonly Capability[], only: string | null): Codec[] {
  const named = (name: string) => capabilities.filter((c) => c.mimeType.toLowerCase() === `video/${name}`);
  const codecs: Codec[] = [];
  if (named('h264').some(baseline)) codecs.push('h264');
  if (named('vp8').length > 0) codecs.push('vp8');
  const wanted = only?.split(',');
  return wanted ? codecs.filter((c) => wanted.includes(c)) : codecs;
}
