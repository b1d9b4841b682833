import { describe, expect, it } from 'vitest';
import { mask } from './log.ts';

describe('the log', () => {
  it.each([
    'id=001191024680',
    'CCCD001191024680 is not known',
    'row (001191024680) refused',
    'number 001 191 024 680',
    'phone 0905118264, again 0905 118 264 and 0905.118.264',
    'old card 012345678.',
    'path/001191024680.pdf',
  ])('masks %s', (line) => {
    expect(mask(line).replaceAll(/[^0-9]/g, '').length).toBeLessThan(4);
  });
  it.each(['at 1795312345678', 'port 9100 of 127.0.0.1', '20261122083000', '3145728 bytes'])('leaves %s', (line) => {
    expect(mask(line)).toBe(line);
  });
});
