// Signing in and out, and who one is.
import type { Me, RoomId, SignIn } from './protocol';

export type SignInResult =
  | { kind: 'in'; me: Me }
  | { kind: 'wrong' }
  | { kind: 'too_many'; seconds: number }
  | { kind: 'unreachable' };

export type FirstSignInResult =
  /** `room` is the interview that the link opens. */
  | { kind: 'in'; me: Me; room: RoomId | undefined }
  /** Used, over, or never made: which of them, nobody is told. */
  | { kind: 'over' }
  | { kind: 'short' }
  | { kind: 'too_many'; seconds: number }
  | { kind: 'unreachable' };

/** The shortest password that the service takes. */
export const PASSWORD_CHARS = 8;

const PATIENCE_MS = 10_000;

async function request(path: string, init: RequestInit): Promise<Response | undefined> {
  try {
    return await fetch(path, { ...init, credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    return undefined;
  }
}

/** Undefined for what is not the service's: a network that asks for a login of its own answers with a page. */
async function read(response: Response): Promise<Me | undefined> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && 'account' in body ? (body as Me) : undefined;
  } catch {
    return undefined;
  }
}

export async function signIn(body: SignIn): Promise<SignInResult> {
  const response = await request('/api/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response?.ok) {
    const me = await read(response);
    return me ? { kind: 'in', me } : { kind: 'unreachable' };
  }
  if (response?.status === 401) return { kind: 'wrong' };
  if (response?.status === 429) {
    return { kind: 'too_many', seconds: Number(response.headers.get('retry-after')) || 60 };
  }
  return { kind: 'unreachable' };
}

/** Uses a one-time link: sets the password and signs in (E10). */
export async function firstSignIn(token: string, password: string): Promise<FirstSignInResult> {
  if ([...password].length < PASSWORD_CHARS) return { kind: 'short' };
  const response = await request('/api/first-sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, password }),
  });
  if (response?.ok) {
    const me = await read(response);
    return me ? { kind: 'in', me, room: response.headers.get('x-engawa-room') ?? undefined } : { kind: 'unreachable' };
  }
  if (response?.status === 401) return { kind: 'over' };
  if (response?.status === 422) return { kind: 'short' };
  if (response?.status === 429) return { kind: 'too_many', seconds: Number(response.headers.get('retry-after')) || 60 };
  return { kind: 'unreachable' };
}

export async function signOut(): Promise<void> {
  await request('/api/sign-out', { method: 'POST' });
}

/** Who is signed in; null when nobody is, undefined when the service cannot be reached. */
export async function whoAmI(): Promise<Me | null | undefined> {
  const response = await request('/api/me', {});
  if (response?.ok) return read(response);
  return response?.status === 401 ? null : undefined;
}
