import { describe, expect, it } from 'vitest';
import { blank, checked, found, type Account } from './accounts';

const entry = { id: 'sato', name: '佐藤', title: '', role: 'host', company: 'minato' } as const;
const faultOf = (change: object) => {
  const result = checked({ ...entry, ...change });
  return result.kind === 'fault' ? result.fault : undefined;
};

describe('an account that is filled in', () => {
  it('names the field that has to change first', () => {
    expect(faultOf({})).toBeUndefined();
    for (const id of ['', 'Sato', '-sato', '佐藤', 'a'.repeat(33)]) expect(faultOf({ id }), id).toBe('id');
    expect(faultOf({ id: 'a'.repeat(32) })).toBeUndefined();
    expect(faultOf({ name: ' ' })).toBe('name');
    expect(faultOf({ name: '名'.repeat(41) })).toBe('name');
    expect(faultOf({ title: '長'.repeat(256) })).toBe('title');
    expect(faultOf({ company: '' })).toBe('company');
    expect(faultOf({ company: '', role: 'staff' })).toBeUndefined();
  });

  it('belongs to the company of whoever adds it', () => {
    expect(blank('minato').company).toBe('minato');
    expect(blank(undefined).company).toBe('');
  });

  it('is found by name, account and title, in whatever width it is written', () => {
    const all = [{ ...entry, name: 'ﾀﾅｶ' }, { ...entry, id: 'kim', name: '김민준', title: 'HR' }].map((a): Account => ({ ...a, active: true }));
    expect(found(all, 'タナカ').map((a) => a.id)).toEqual(['sato']);
    expect(found(all, 'hr').map((a) => a.id)).toEqual(['kim']);
    expect(found(all, '')).toHaveLength(2);
  });
});
