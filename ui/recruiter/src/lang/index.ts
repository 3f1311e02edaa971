// The languages of the page.
import type { Locale } from '../protocol';
import { en } from './en';
import { ja } from './ja';
import { ko } from './ko';
import type { Words } from './words';

export type { Words } from './words';

export const WORDS: Record<Locale, Words> = { ja, ko, en };
