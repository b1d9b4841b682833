/** A mouth from sad to glad; the word under it says the same. */
const MOUTHS = [
  'M7.5 17c1-2.600 2.700-3.800 4.500-3.800s3.500 1.200 4.500 3.800',
  'M8 16.500c1-1.500 2.400-2.200 4-2.200s3 .7 4 2.200',
  'M8 15.500h8',
  'M8 14.500c1 1.500 2.400 2.200 4 2.200s3-.7 4-2.200',
  'M7.500 13.500c1 2.600 2.700 3.900 4.500 3.900s3.500-1.300 4.500-3.900',
];

export function Face({ score }: { score: number }) {
  return (
    <svg className="i face" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <circle cx="12" cy="12" r="9.500" />
      <path d={`M9 9.500v.1M15 9.500v.1${MOUTHS[score - 1] ?? ''}`} />
    </svg>
  );
}
