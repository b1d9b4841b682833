import { accessSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { NewerDatabaseError } from '../store/index.ts';
import { HallAway } from '../queue/index.ts';
import { ConfigError } from './config.ts';

export function defaultDataDir(): string {
  if (process.platform === 'win32') return path.join(process.env['APPDATA'] ?? path.join(homedir(), 'AppData/Roaming'), 'Quay');
  return path.join(process.env['XDG_DATA_HOME'] ?? path.join(homedir(), '.local/share'), 'quay');
}

export class DataDirError extends Error {}

/**
 * Makes a folder and those above it, and proves that we may write there.
 * @throws the system's error
 */
export function makeFolder(dir: string, mode = 0o777): void {
  // One level after the other: on file systems that refuse folders, Node's recursive mkdir never comes back.
  const missing: string[] = [];
  for (let at = path.resolve(dir); !existsSync(at); at = path.dirname(at)) missing.push(at);
  for (const at of missing.reverse()) mkdirSync(at, { mode });
  if (!statSync(dir).isDirectory()) throw new Error(`${dir} is no folder`);
  accessSync(dir, constants.W_OK | constants.X_OK);
}

/** Makes the data folder and proves that we may write there. */
export function prepareDataDir(dir: string): void {
  try {
    makeFolder(dir, 0o700);
  } catch (error) {
    throw new DataDirError((error as Error).message);
  }
}

/** The whole story of an unforeseen failure goes to a file for support, not over the officer's terminal. Returns where it is. */
function keepDetail(error: unknown, dataDir: string): string {
  const story = `${new Date().toISOString()} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
  for (const dir of [path.join(dataDir, 'logs'), tmpdir()]) {
    try {
      const file = path.join(dir, 'quay-start.log');
      writeFileSync(file, story, { mode: 0o600 });
      return file;
    } catch {
      // A folder that cannot be written may be what is wrong.
    }
  }
  return story;
}

/** What went wrong at the start, in one sentence each, with what to do next. */
export function startFailure(error: unknown, at: { dataDir: string; port: number }): { vi: string; en: string } {
  const code = (error as { code?: string } | undefined)?.code;
  if (code === 'EADDRINUSE')
    return {
      vi: `Cổng ${at.port} đang có chương trình khác dùng (có thể Quầy đã mở). Hãy đóng nó, hoặc chạy: npm start -- --port 0`,
      en: `Port ${at.port} is in use (Quầy may be open already). Close that program, or run: npm start -- --port 0`,
    };
  if (code === 'EACCES' && !(error instanceof DataDirError))
    return {
      vi: `Không được phép mở cổng ${at.port}. Hãy chọn cổng từ 1024 trở lên: npm start -- --port 4700`,
      en: `Not allowed to open port ${at.port}. Choose one from 1024 up: npm start -- --port 4700`,
    };
  if (error instanceof DataDirError || code === 'SQLITE_CANTOPEN' || code === 'SQLITE_READONLY')
    return {
      vi: `Không ghi được vào thư mục dữ liệu ${at.dataDir}. Hãy cấp quyền ghi, hoặc chọn thư mục khác: npm start -- --data THƯ_MỤC`,
      en: `Cannot write to the data folder ${at.dataDir}. Allow writing there, or choose another: npm start -- --data DIR`,
    };
  if (error instanceof ConfigError) return { vi: error.vi, en: error.message };
  if (error instanceof NewerDatabaseError) return { vi: error.vi, en: error.message };
  if (error instanceof HallAway)
    return {
      vi: 'Không nối được cơ sở dữ liệu hàng chờ (hall.postgres trong config.json). Hãy kiểm tra máy chủ PostgreSQL và mạng rồi chạy lại.',
      en: 'Cannot reach the hall database (hall.postgres in config.json). Check the PostgreSQL server and the network, then start again.',
    };
  if (error instanceof Error && error.name === 'PostgresError')
    return {
      vi: `Cơ sở dữ liệu hàng chờ từ chối (mã ${code ?? ''}). Hãy kiểm tra tên, mật khẩu và cơ sở dữ liệu ở hall.postgres trong config.json.`,
      en: `The hall database refused (code ${code ?? ''}). Check user, password and database of hall.postgres in config.json.`,
    };
  if (code === 'SQLITE_BUSY')
    return {
      vi: `Thư mục dữ liệu ${at.dataDir} đang được một Quầy khác dùng. Hãy đóng nó trước.`,
      en: `The data folder ${at.dataDir} is in use by another Quầy. Close that one first.`,
    };
  if (code === 'ENOSPC' || code === 'SQLITE_FULL')
    return {
      vi: `Ổ đĩa của thư mục dữ liệu ${at.dataDir} đã đầy. Hãy dọn ổ đĩa (cần ít nhất 2 GB) rồi chạy lại.`,
      en: `The disk of the data folder ${at.dataDir} is full. Free at least 2 GB and start again.`,
    };
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB')
    return {
      vi: `Cơ sở dữ liệu trong ${at.dataDir} bị hỏng. Đừng ghi thêm; sao chép cả thư mục rồi gọi hỗ trợ để phục hồi từ bản sao lưu.`,
      en: `The database in ${at.dataDir} is damaged. Write nothing more; copy the whole folder and call support to restore a backup.`,
    };
  const detail = error instanceof Error ? error.message.split('\n')[0] : String(error);
  return {
    vi: `Quầy không khởi động được: ${detail}. Chi tiết ở ${keepDetail(error, at.dataDir)}`,
    en: `Quầy could not start: ${detail}. Details are in the file named above.`,
  };
}
