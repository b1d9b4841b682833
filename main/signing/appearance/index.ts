export { embedFont, textWidth } from './font.ts';
export { makeAppearance, stampLines, TRAINING_TEXT, type StampContent, type VisibleForm } from './forms.ts';
export { PngError, readPng, type Picture } from './png.ts';
