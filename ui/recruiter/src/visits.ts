// A visit with what only a browser has: connections, streams, codecs, hashing, and what this window keeps.
import { clock } from './clock';
import { receivable } from './codecs';
import type { Inputs } from './inputs.svelte';
import * as keep from './keep';
import type { Link } from './link';
import type { ClientId, IceServer, RoomSummary } from './protocol';
import { Visit, type Outcome } from './visit.svelte';

export type VisitWish = {
  link: Link;
  client: ClientId;
  summary: RoomSummary;
  inputs: Inputs;
  /** As known when a connection is made. */
  iceServers: () => IceServer[];
  over: (outcome: Outcome) => void;
};

export function visitOf({ link, client, summary, inputs, iceServers, over }: VisitWish): Visit {
  const only = new URLSearchParams(location.search).get('codecs');
  return new Visit({
    link,
    clock,
    client,
    summary,
    codecs: receivable(RTCRtpReceiver.getCapabilities('video')?.codecs ?? [], only),
    tracks: inputs.tracks,
    on: inputs.on,
    makeConnection: () => new RTCPeerConnection({ iceServers: iceServers(), bundlePolicy: 'max-bundle' }),
    makeStream: () => new MediaStream(),
    fetch: (path, init) => fetch(path, init),
    digest: crypto.subtle ? (bytes) => crypto.subtle.digest('SHA-256', bytes) : undefined,
    read: keep.keptRead(summary.room),
    onRead: (event) => keep.keepRead(summary.room, event),
    silence: (off) => inputs.silence(off),
    over,
  });
}
