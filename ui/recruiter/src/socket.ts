// The WebSocket itself: how it is opened, what its frames and its close codes say.
import { CLOSE } from './protocol';
import type { ClientId, ServiceMessage } from './protocol';

/** As much of a WebSocket as is used. */
export interface Socket {
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: ((close: { code: number }) => void) | null;
}

/** Why the link gives up until it is started again. */
export type StopCause = 'signed_out' | 'replaced' | 'version';

export function connect(): Socket {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);
  return socket as Socket;
}

/** A name for this page's client, new at every load. */
export function randomId(): ClientId {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/** None for a connection that is to be opened again. */
export function stopCause(code: number | undefined): StopCause | undefined {
  switch (code) {
    case CLOSE.signedOut:
      return 'signed_out';
    case CLOSE.replaced:
      return 'replaced';
    case CLOSE.version:
      return 'version';
    default:
      return undefined;
  }
}

/** Reads one frame; undefined for what is no message of the service. Its types are the service's promise. */
export function read(data: unknown): ServiceMessage | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    const named = typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
    return named ? (value as ServiceMessage) : undefined;
  } catch {
    return undefined;
  }
}
