// Who is speaking, from what the browser measures of each connection's sound.
import type { Partner } from './call';
import type { Seat } from './protocol';

/** Of full scale (RTCInboundRtpStreamStats.audioLevel); a quiet room stays below it. */
const SPEAKING = 0.02;

type InboundAudio = { type: string; kind?: string; audioLevel?: number };

/** The seats that speak at this moment. */
export async function speaking(partners: readonly Partner[]): Promise<Set<Seat>> {
  const loud = await Promise.all(partners.map(async ({ seat, pc }) => ((await level(pc)) > SPEAKING ? seat : undefined)));
  return new Set(loud.filter((seat) => seat !== undefined));
}

async function level(pc: RTCPeerConnection | undefined): Promise<number> {
  const receiver = pc?.getReceivers().find((r) => r.track.kind === 'audio');
  if (!receiver) return 0;
  try {
    let highest = 0;
    (await receiver.getStats()).forEach((stats: InboundAudio) => {
      if (stats.type === 'inbound-rtp') highest = Math.max(highest, stats.audioLevel ?? 0);
    });
    return highest;
  } catch {
    return 0;
  }
}
