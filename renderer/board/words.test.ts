import { existsSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allWords, announcementSentence, announcementWords } from './words.ts';

const spoken = (text: string, counterLabel: string) =>
  announcementWords({ text, counterLabel })
    .map((word) => word.text)
    .join(' ');

describe('what the hall hears', () => {
  it('says the number digit by digit and the counter as people do', () => {
    expect(spoken('A012', '5')).toBe('Mời số a không một hai đến quầy số năm');
    expect(spoken('B028', '15')).toBe('Mời số bê không hai tám đến quầy số mười lăm');
    expect(spoken('C100', '21')).toBe('Mời số xê một không không đến quầy số hai mươi mốt');
    expect(spoken('D001', '30')).toBe('Mời số dê không không một đến quầy số ba mươi');
    expect(spoken('Đ001', '5A')).toBe('Mời số đê không không một đến quầy số năm a');
    expect(announcementSentence({ text: 'A012', counterLabel: '5' })).toBe('Mời số a không một hai, đến quầy số năm.');
  });

  it('has a clip for every word it can ever say', () => {
    const known = new Set(allWords.map((word) => word.clip));
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-ZĐ]{1,2}\d{3,4}$/),
        fc.oneof(fc.integer({ min: 1, max: 120 }).map(String), fc.stringMatching(/^\d{1,2}[A-Z]$/)),
        (text, counterLabel) => {
          for (const word of announcementWords({ text, counterLabel })) expect(known).toContain(word.clip);
        },
      ),
    );
    const folder = path.join(import.meta.dirname, '../../resources/voice/vi');
    for (const word of allWords) expect(existsSync(path.join(folder, `${word.clip}.opus`)), word.clip).toBe(true);
  });
});
