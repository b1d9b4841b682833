/** The panel and its rows; each neighbour has a face of its own below. */
export { createTrainingPanel, trainingHandlers, type Neighbour, type TrainingPanel } from './panel.ts';
export { a4Neighbour, displayNeighbour, keypadNeighbour, printerNeighbour, readerNeighbour } from './neighbours.ts';
