/**
 * The XML documents of an eSCL scanner (Mopria eSCL Technical Specification 2.97): capabilities and status. The training
 * scanner offers what its sample papers hold: A4, 200 dpi, colour JPEG.
 */
export const PAPER_DPI = 200;
/** eSCL measures paper in 1/300 inch, whatever the resolution. */
const A4_WIDTH = 2480;
const A4_HEIGHT = 3508;

export type AdfState = 'ScannerAdfProcessing' | 'ScannerAdfEmpty' | 'ScannerAdfJam' | 'ScannerAdfLoaded' | 'ScannerAdfDoorOpen';

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const caps = `
      <scan:MinWidth>300</scan:MinWidth><scan:MaxWidth>${A4_WIDTH}</scan:MaxWidth>
      <scan:MinHeight>300</scan:MinHeight><scan:MaxHeight>${A4_HEIGHT}</scan:MaxHeight>
      <scan:MaxScanRegions>1</scan:MaxScanRegions>
      <scan:SettingProfiles><scan:SettingProfile>
        <scan:ColorModes><scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes>
        <scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat><scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats>
        <scan:SupportedResolutions><scan:DiscreteResolutions>
          <scan:DiscreteResolution><scan:XResolution>${PAPER_DPI}</scan:XResolution><scan:YResolution>${PAPER_DPI}</scan:YResolution></scan:DiscreteResolution>
        </scan:DiscreteResolutions></scan:SupportedResolutions>
      </scan:SettingProfile></scan:SettingProfiles>
      <scan:SupportedIntents><scan:Intent>Document</scan:Intent></scan:SupportedIntents>
      <scan:MaxOpticalXResolution>${PAPER_DPI}</scan:MaxOpticalXResolution><scan:MaxOpticalYResolution>${PAPER_DPI}</scan:MaxOpticalYResolution>`;

const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
const names = 'xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"';

export function capabilitiesXml(device: { name: string; uuid: string; serial: string }): string {
  return `${head}<scan:ScannerCapabilities ${names}>
  <pwg:Version>2.63</pwg:Version>
  <pwg:MakeAndModel>${escape(device.name)}</pwg:MakeAndModel>
  <pwg:SerialNumber>${escape(device.serial)}</pwg:SerialNumber>
  <scan:UUID>${escape(device.uuid)}</scan:UUID>
  <scan:Platen><scan:PlatenInputCaps>${caps}
  </scan:PlatenInputCaps></scan:Platen>
  <scan:Adf>
    <scan:AdfSimplexInputCaps>${caps}
    </scan:AdfSimplexInputCaps>
    <scan:AdfDuplexInputCaps>${caps}
    </scan:AdfDuplexInputCaps>
    <scan:FeederCapacity>50</scan:FeederCapacity>
    <scan:AdfOptions><scan:AdfOption>DetectPaperLoaded</scan:AdfOption><scan:AdfOption>Duplex</scan:AdfOption></scan:AdfOptions>
  </scan:Adf>
</scan:ScannerCapabilities>
`;
}

export interface JobInfo {
  readonly uri: string;
  readonly uuid: string;
  readonly ageSeconds: number;
  readonly done: number;
  readonly left: number;
  readonly state: 'Processing' | 'Completed' | 'Canceled' | 'Aborted';
}

export function statusXml(state: 'Idle' | 'Processing' | 'Stopped', adf: AdfState, jobs: readonly JobInfo[]): string {
  const job = (j: JobInfo) => `
    <scan:JobInfo><pwg:JobUri>${j.uri}</pwg:JobUri><pwg:JobUuid>${j.uuid}</pwg:JobUuid><scan:Age>${j.ageSeconds}</scan:Age>
      <pwg:ImagesCompleted>${j.done}</pwg:ImagesCompleted><pwg:ImagesToTransfer>${j.left}</pwg:ImagesToTransfer><pwg:JobState>${j.state}</pwg:JobState>
    </scan:JobInfo>`;
  return `${head}<scan:ScannerStatus ${names}>
  <pwg:Version>2.63</pwg:Version>
  <pwg:State>${state}</pwg:State>
  <scan:AdfState>${adf}</scan:AdfState>
  <scan:Jobs>${jobs.map(job).join('')}
  </scan:Jobs>
</scan:ScannerStatus>
`;
}
