import type { Announcement } from '../../main/contract/queue.ts';

/** A word of an announcement: the name of its clip, and how it is written for a system voice. */
export interface Word {
  readonly clip: string;
  readonly text: string;
}

/** How a letter is said at a Vietnamese counter. */
export const LETTERS: Readonly<Record<string, string>> = {
  A: 'a',
  B: 'bê',
  C: 'xê',
  D: 'dê',
  E: 'e',
  F: 'ép',
  G: 'gờ',
  H: 'hát',
  I: 'i',
  J: 'gi',
  K: 'ca',
  L: 'lờ',
  M: 'mờ',
  N: 'nờ',
  O: 'o',
  P: 'pê',
  Q: 'quy',
  R: 'rờ',
  S: 'sờ',
  T: 'tê',
  U: 'u',
  V: 'vê',
  W: 'vê kép',
  X: 'ích',
  Y: 'i dài',
  Z: 'dét',
  Đ: 'đê',
};
export const DIGITS: readonly string[] = ['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'];
export const PHRASES = { 'moi-so': 'Mời số', 'den-quay': 'đến quầy số', muoi: 'mười', 'muoi-2': 'mươi', mot: 'mốt', lam: 'lăm' } as const;

const letterClip = (letter: string): string => (letter === 'Đ' ? 'letter-dd' : `letter-${letter.toLowerCase()}`);
const phrase = (clip: keyof typeof PHRASES): Word => ({ clip, text: PHRASES[clip] });
const digit = (value: number): Word => ({ clip: `digit-${value}`, text: DIGITS[value] ?? '' });

/** Whole sentences of the kiosk's spoken guidance. */
export const GUIDANCE: readonly Word[] = [
  {
    clip: 'guide-home',
    text: 'Xin chạm vào một ô trên màn hình để lấy số. Nếu thuộc diện ưu tiên, xin chọn trước ở khung màu vàng bên dưới.',
  },
  { clip: 'guide-number', text: 'Số của ông bà là' },
  { clip: 'guide-wait', text: 'Mời ông bà ngồi chờ gọi.' },
  { clip: 'guide-there', text: 'Ông bà còn dùng máy không? Xin chạm vào màn hình.' },
  { clip: 'guide-closed', text: 'Hiện chưa phát số. Nếu cần gấp, xin hỏi cán bộ ở quầy hướng dẫn.' },
];

/** Every clip of the pack and its words, for the generator and for the check that none is missing. */
export const allWords: readonly Word[] = [
  ...(Object.keys(PHRASES) as (keyof typeof PHRASES)[]).map(phrase),
  ...DIGITS.map((_, value) => digit(value)),
  ...Object.entries(LETTERS).map(([letter, text]) => ({ clip: letterClip(letter), text })),
  ...GUIDANCE,
];

/** Character by character: "B028" is "bê, không, hai, tám". What has no sound (spaces, dots) is left out. */
function spelled(text: string): Word[] {
  const words: Word[] = [];
  for (const character of text.toUpperCase().normalize('NFC')) {
    const letter = LETTERS[character];
    if (/^\d$/.test(character)) words.push(digit(Number(character)));
    else if (letter !== undefined) words.push({ clip: letterClip(character), text: letter });
  }
  return words;
}

/** A counter's number as people say it up to 99 ("mười lăm", "hai mươi mốt"); anything else is spelled. */
function counterWords(label: string): Word[] {
  if (!/^\d{1,2}$/.test(label) || label.startsWith('0')) return spelled(label);
  const value = Number(label);
  const tens = Math.floor(value / 10);
  const ones = value % 10;
  if (tens === 0) return [digit(ones)];
  const last = ones === 0 ? [] : [ones === 1 && tens > 1 ? phrase('mot') : ones === 5 ? phrase('lam') : digit(ones)];
  return tens === 1 ? [phrase('muoi'), ...last] : [digit(tens), phrase('muoi-2'), ...last];
}

/** "Mời số A không một hai, đến quầy số năm", word by word. */
export const announcementWords = (say: Pick<Announcement, 'text' | 'counterLabel'>): Word[] => [
  phrase('moi-so'),
  ...spelled(say.text),
  phrase('den-quay'),
  ...counterWords(say.counterLabel),
];

/** The same as one sentence for a system voice; commas make the pauses. */
export function announcementSentence(say: Pick<Announcement, 'text' | 'counterLabel'>): string {
  const words = announcementWords(say);
  const turn = words.findIndex((word) => word.clip === 'den-quay');
  const join = (part: Word[]) => part.map((word) => word.text).join(' ');
  return `${join(words.slice(0, turn))}, ${join(words.slice(turn))}.`;
}
