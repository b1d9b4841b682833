import { expect, it } from 'vitest';
import { isTyped } from './HallDialog.tsx';

it.each([
  ['', true],
  ['27', true],
  ['027', true],
  ['2', true],
  ['b', true],
  ['B 027', true],
  ['b27', true],
  ['7', false],
  ['C27', false],
  ['B 028', false],
  ['#', false],
])('B027 is found by "%s": %s', (typed, found) => expect(isTyped('B027', typed)).toBe(found));
