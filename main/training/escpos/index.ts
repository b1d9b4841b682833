export {
  createTrainingPrinter,
  servePrinter,
  type PrinterSwitches,
  type ServedPrinter,
  type Slip,
  type TrainingPrinter,
} from './printer.ts';
export { createWire } from './wire.ts';
