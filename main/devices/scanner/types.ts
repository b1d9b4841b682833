/** Where paper lies. A feeder scans until it is empty, a flatbed one sheet at a time. */
export type Source = 'feeder' | 'flatbed';
export type Colour = 'colour' | 'gray' | 'bw';

/** Why a scanner does not go on. Each is told apart because each asks the officer to do something else. */
export type ScanReason =
  | 'feeder-empty'
  | 'jam'
  | 'cover-open'
  | 'busy'
  | 'offline'
  | 'access-denied'
  | 'timeout'
  | 'protocol'
  | 'driver-crashed'
  | 'driver-missing'
  | 'disk-full'
  | 'unsupported'
  | 'interrupted';

export interface ScanOptions {
  readonly source: Source;
  /** Dots per inch, both directions. Components are never below 200. */
  readonly dpi: number;
  readonly colour: Colour;
  /** Both sides of each sheet; feeder only. */
  readonly duplex: boolean;
}

export interface SourceCapabilities {
  readonly source: Source;
  readonly duplex: boolean;
  readonly colours: readonly Colour[];
  /** Ascending. */
  readonly dpis: readonly number[];
  /** Largest paper in millimetres. */
  readonly widthMm: number;
  readonly heightMm: number;
}

export interface Capabilities {
  readonly makeAndModel: string;
  readonly sources: readonly SourceCapabilities[];
}

/** One page as it came from the device: a finished file on disk, never a buffer in memory. */
export interface ScannedPage {
  /** Absolute path. */
  readonly file: string;
  readonly type: 'image/jpeg';
  readonly bytes: number;
  /** 1, 2, 3 … within the scan. */
  readonly number: number;
}

/** What ended a scan, or kept it from starting. Pages that were yielded before it stay. */
export class ScanTrouble extends Error {
  readonly reason: ScanReason;
  constructor(reason: ScanReason, detail = '', options?: ErrorOptions) {
    super(detail ? `${reason}: ${detail}` : reason, options);
    this.name = 'ScanTrouble';
    this.reason = reason;
  }
}

export interface ScannerStatus {
  readonly state: 'ready' | 'busy' | 'attention' | 'error';
  readonly reason?: ScanReason;
  /** Is there paper in the feeder? Undefined when the device cannot tell. */
  readonly feederLoaded?: boolean;
}

/** A scanner, whatever it speaks. */
export interface Scanner {
  /** Stable across restarts and addresses where the device allows it (its UUID or serial number). */
  readonly id: string;
  readonly name: string;
  readonly kind: 'escl' | 'sane' | 'wia';
  /** Where a network scanner answers; it may have another address tomorrow and is the same scanner. */
  readonly address?: string;
  capabilities(signal: AbortSignal): Promise<Capabilities>;
  status(signal: AbortSignal): Promise<ScannerStatus>;
  /**
   * Scans page after page into files in `dir` (which exists). Ends after the last page; throws `ScanTrouble` otherwise.
   * An empty feeder is trouble only before the first page. Abort ends the iteration and frees the device.
   */
  scan(options: ScanOptions, dir: string, signal: AbortSignal): AsyncIterable<ScannedPage>;
}

/** Finds scanners and yields each as soon as it answers; ends when the signal aborts or nothing more can come. */
export interface ScannerFinder {
  find(signal: AbortSignal): AsyncIterable<Scanner>;
}
