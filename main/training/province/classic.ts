import { createHash } from 'node:crypto';
import type { InterfaceDeps } from './lgsp.ts';
import { jsonReply, parseJson, type ProvinceReply, type ProvinceRequest } from './wire.ts';

const text = (v: unknown) => (typeof v === 'string' ? v : '');
const list = (v: unknown) => (Array.isArray(v) ? (v as Record<string, unknown>[]) : []);
const ok = (more: Record<string, unknown> = {}) => jsonReply(200, { error_code: '0', ...more });
/** The classic interface answers 200 and says no in `error_code`. */
const no = (code: string, message: string) => jsonReply(200, { error_code: code, message });
const TIME = /^\d{14}$/;

/** The classic national-portal interface: login gives a session, one address, `service` names what is asked. */
export function createClassic(deps: InterfaceDeps) {
  const { holdings, troubles } = deps;

  function login(request: ProvinceRequest): ProvinceReply {
    const body = parseJson(request.body);
    const known = deps.users[text(body?.['username'])];
    if (troubles.current().signInRefused || known === undefined || known !== text(body?.['password']) || !request.headers['dstcode'])
      return no('401', 'Sai tài khoản hoặc mật khẩu kết nối.');
    return ok({ session: holdings.putToken(deps.now() + troubles.current().tokenLifeS * 1000, deps.now()) });
  }

  /** Classic has no keys: the dossier code is the key, so the holder is remembered by code. */
  function sync(agency: string, updating: string, data: Record<string, unknown>[]): ProvinceReply {
    for (const d of data) {
      const code = text(d['MaHoSo']);
      const missing = ['MaHoSo', 'MaTTHC', 'ChuHoSo', 'NgayTiepNhan'].filter((f) => text(d[f]) === '');
      if (missing.length > 0) return no('400', `Thiếu thông tin: ${missing.join(', ')}.`);
      for (const f of ['NgayTiepNhan', 'NgayHenTra', 'NgayTra', 'NgayKetThucXuLy'])
        if (text(d[f]) !== '' && !TIME.test(text(d[f]))) return no('400', `${f} phải theo dạng yyyyMMddHHmmss.`);
      if (!['1', '2'].includes(text(d['LoaiDoiTuong']))) return no('400', 'LoaiDoiTuong phải là 1 hoặc 2.');
      const there = holdings.exists(code);
      if (updating === 'False' && there) return no('409', 'Hồ sơ đã có, hãy gửi cập nhật.');
      if (updating === 'True' && !there) return no('404', 'Không tìm thấy hồ sơ để cập nhật.');
      const stale = new Set(troubles.current().unknownComponents);
      const files: { id: string; component: string }[] = [];
      for (const paper of list(d['TaiLieuNop'])) {
        const component = text(paper['MaThanhPhanHoSo']);
        if (stale.has(component)) return no('422', `Mã thành phần ${component} không còn trong danh mục của tỉnh.`);
        const id = text(paper['DuongDanTaiTepTin']).split('/').pop() ?? '';
        const part = holdings.part.get(id);
        const kept = part ? holdings.putFile({ part: id }, text(paper['TenTepDinhKem']), `kho-${id}`) : null;
        if (!kept) return no('422', `Không tải được tệp ${text(paper['TenTepDinhKem'])}.`);
        files.push({ id: kept.id, component });
      }
      const status = Number(d['TrangThaiHoSo']);
      const known = Number.isInteger(status) && status >= 1 && status <= 10;
      // Everything is looked at before anything is kept: what is refused has changed nothing.
      const results: { id: string; name: string }[] = [];
      for (const paper of known ? list(d['DanhSachGiayToKetQua']) : []) {
        const id = text(paper['DuongDanTepTinKetQua']).split('/').pop() ?? '';
        const kept = holdings.part.get(id) ? holdings.putFile({ part: id }, text(paper['TenGiayTo']), `kho-${id}`) : null;
        if (!kept) return no('422', `Không tải được kết quả ${text(paper['TenGiayTo'])}.`);
        results.push({ id: kept.id, name: text(paper['TenGiayTo']) });
      }
      const day = text(d['NgayTiepNhan']);
      const key = `classic-${code}:${createHash('sha256').update(JSON.stringify(d)).digest('hex').slice(0, 16)}`;
      const revision = (there?.revision ?? 0) + 1;
      const at = day;
      holdings.putDossier({
        code,
        key,
        revision,
        agency,
        source: 'classic',
        at,
        day: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`,
        now: deps.now(),
        body: d,
        files,
      });
      if (known) holdings.setStatus(code, key, status, at, results);
    }
    return ok();
  }

  function progress(data: Record<string, unknown>[]): ProvinceReply {
    for (const d of data) {
      const code = text(d['MaHoSo']);
      if (!holdings.exists(code)) return no('404', 'Không tìm thấy hồ sơ.');
      if (!TIME.test(text(d['ThoiDiemXuLy']))) return no('400', 'ThoiDiemXuLy phải theo dạng yyyyMMddHHmmss.');
      holdings.putProgress(code, `classic-${code}/${text(d['ThoiDiemXuLy'])}`, d);
    }
    return ok();
  }

  function find(code: string): ProvinceReply {
    const d = holdings.dossier(code);
    return ok({ data: d ? [{ ...d.body, TrangThaiHoSo: String(d.status), TienDo: d.progress }] : [] });
  }

  return {
    handle(request: ProvinceRequest): ProvinceReply {
      if (request.path.endsWith('/login')) return login(request);
      const body = parseJson(request.body);
      if (!body) return no('400', 'Nội dung không đọc được.');
      if (holdings.tokenUntil(text(body['session'])) <= deps.now()) return no('401', 'Phiên làm việc đã hết hạn.');
      return holdings.transaction(() => {
        switch (text(body['service'])) {
          case 'TraCuuHoSo':
            return find(text(body['mahoso']));
          case 'DongBoHoSoMC':
            return sync(text(body['madonvi']), text(body['isUpdating']), list(body['data']));
          case 'CapNhatTienDoHoSoMC':
            return progress(list(body['data']));
          case 'DanhSachHoSo': {
            const rows = holdings.page(text(body['madonvi']), text(body['ngay']), 1, 5000);
            return ok({ data: rows.map((d) => ({ MaHoSo: d.code, TrangThaiHoSo: String(d.status) })) });
          }
          default:
            return no('404', 'Không có dịch vụ này.');
        }
      });
    },
  };
}
