import { expect, it } from 'vitest';
import { placeCodes } from './places.ts';

const place = { unitCode: '24160', unitName: 'phường An Bình', provinceCode: '66', provinceName: 'tỉnh Đắk Lắk' };

it.each([
  ['Tổ dân phố 4, phường An Bình, Đắk Lắk', '66', '24160'],
  ['Tổ dân phố 4, Phường  An Bình, Tỉnh Đắk Lắk', '66', '24160'],
  ['12 Lê Lợi, phường Tân Lập, tỉnh Đắk Lắk', '66', null],
  ['12 Lê Lợi, phường An Bình, tỉnh Gia Lai', null, null],
  ['phường An Bình', null, null],
  ['', null, null],
])('gives codes for our own place alone: %s', (address, provinceCode, communeCode) =>
  expect(placeCodes(address, place)).toEqual({ provinceCode, communeCode }),
);

it('gives none where the catalogue names no province code', () =>
  expect(placeCodes('x, phường An Bình, Đắk Lắk', { ...place, provinceCode: undefined })).toEqual({
    provinceCode: null,
    communeCode: null,
  }));
