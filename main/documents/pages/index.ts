export { inspectJpeg, NotJpegError, type JpegInfo } from './jpeg.ts';
export { writePagesPdf, type PdfOptions, type PdfPage, type WrittenPdf } from './pdf.ts';
