/** The panel and its rows; each neighbour has a face of its own below. */
export { createTrainingPanel, trainingHandlers, type Neighbour, type TrainingPanel } from './panel.ts';
export {
  a4Neighbour,
  displayNeighbour,
  keypadNeighbour,
  kioskReaderNeighbour,
  printerNeighbour,
  readerNeighbour,
  tokenNeighbour,
  type Bookings,
} from './neighbours.ts';
