export { embedFont, textWidth } from './font.ts';
export { findPlaces } from './find.ts';
export { makeAppearance, makeFonts, stampLines, TRAINING_TEXT, type CopyKind, type StampContent, type VisibleForm } from './forms.ts';
export { fromShown, onPage, SIZES, usualPlace } from './place.ts';
export { PngError, readPng, type Picture } from './png.ts';
export { fillNumberAndDate, numberWanted, reserveNumberAndDate, type Blanks, type NumberAndDate } from './number.ts';
export { Pictures } from './pictures.ts';
