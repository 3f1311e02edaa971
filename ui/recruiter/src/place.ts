// Where the recruiter is. One page stands for each.
import type { Room } from './fold';
import type { Refusal, RoomSummary } from './protocol';
import type { StopCause } from './socket';
import type { Outcome, Visit } from './visit.svelte';
import type { Watch } from './watch.svelte';

export type Place =
  | { kind: 'loading' }
  | { kind: 'sign-in'; told: boolean }
  | { kind: 'first-sign-in'; token: string }
  | { kind: 'day' }
  | { kind: 'floor' }
  | { kind: 'accounts' }
  | { kind: 'ready'; summary: RoomSummary; admit: boolean; watch: Watch }
  | { kind: 'call'; visit: Visit }
  | { kind: 'ended'; summary: RoomSummary; room: Room | undefined; left: boolean; refused: Refusal | undefined }
  | { kind: 'replaced'; summary: RoomSummary | undefined }
  | { kind: 'version' };

/** Where a visit leads that is over. */
export function placeAfter(summary: RoomSummary, outcome: Outcome): Place {
  switch (outcome.kind) {
    case 'ended':
    case 'left':
      return { kind: 'ended', summary, room: outcome.room, left: outcome.kind === 'left', refused: undefined };
    case 'refused':
      return { kind: 'ended', summary, room: undefined, left: false, refused: outcome.reason };
    case 'replaced':
      return { kind: 'replaced', summary };
  }
}

/** Where a line leads that gave up; `summary` is the interview it was in. */
export function placeOfStop(cause: StopCause, summary: RoomSummary | undefined): Place {
  switch (cause) {
    case 'signed_out':
      return { kind: 'sign-in', told: true };
    case 'replaced':
      return { kind: 'replaced', summary };
    case 'version':
      return { kind: 'version' };
  }
}
