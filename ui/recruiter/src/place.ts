// Where the recruiter is. One page stands for each.
import type { Room } from './fold';
import type { Refusal, RoomSummary } from './protocol';
import type { Visit } from './visit.svelte';
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
