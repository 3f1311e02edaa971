// A request of the API and what its answer means.

/** Why a request was not carried out, for a sentence of one's own. */
export type Fault = 'signed_out' | 'not_allowed' | 'not_found' | 'invalid' | 'conflict' | 'too_many' | 'unreachable';

export type Result<T> = { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'fault'; readonly fault: Fault; readonly what: string };

const PATIENCE_MS = 10_000;

export async function ask<T>(method: string, path: string, body?: unknown): Promise<Result<T>> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    return { kind: 'fault', fault: 'unreachable', what: '' };
  }
  const value = await read(answer);
  if (answer.status === 204) return { kind: 'ok', value: undefined as T };
  // A network that asks for a login of its own answers with a page.
  if (answer.ok) return value === undefined ? { kind: 'fault', fault: 'unreachable', what: '' } : { kind: 'ok', value: value as T };
  return { kind: 'fault', fault: faultOf(answer.status), what: whatOf(value) };
}

async function read(answer: Response): Promise<unknown> {
  try {
    const value: unknown = await answer.json();
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function whatOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'what' in value && typeof value.what === 'string' ? value.what : '';
}

function faultOf(status: number): Fault {
  switch (status) {
    case 401:
      return 'signed_out';
    case 403:
      return 'not_allowed';
    case 404:
      return 'not_found';
    case 409:
      return 'conflict';
    case 413:
    case 429:
      return 'too_many';
    case 400:
    case 422:
      return 'invalid';
    default:
      return 'unreachable';
  }
}
