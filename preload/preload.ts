import { contextBridge, ipcRenderer } from 'electron';

/**
 * The whole bridge: a screen may ask for the port over which it speaks the contract, and nothing else. A MessagePort
 * cannot pass through contextBridge, so it arrives as a `message` event of the window with the data `quay:port`.
 */
ipcRenderer.on('quay:port', (event) => window.postMessage('quay:port', window.location.origin, event.ports as unknown as Transferable[]));
contextBridge.exposeInMainWorld('quay', { requestPort: () => ipcRenderer.send('quay:port') });
