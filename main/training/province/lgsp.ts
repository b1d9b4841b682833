import { createHash } from 'node:crypto';
import { businessDay, vietnamIso } from '../../store/index.ts';
import type { Holdings } from './store.ts';
import type { Troubles } from './troubles.ts';
import { jsonReply, parseJson, parseMultipart, said, type ProvinceReply, type ProvinceRequest } from './wire.ts';

export interface InterfaceDeps {
  readonly holdings: Holdings;
  readonly troubles: Troubles;
  /** The province's own clock, skew included. */
  now(): number;
  readonly users: Readonly<Record<string, string>>;
}

const PAGE = 200;
/** Invented people of the virtual population data. */
const CITIZENS: Readonly<Record<string, Record<string, string>>> = {
  '001099000001': { HoTen: 'Nguyễn Thị Mẫu', NgaySinh: '1999-02-03', GioiTinh: 'Nữ', DiaChi: 'Số 1, đường Mẫu, phường An Bình' },
  '001085000002': { HoTen: 'Trần Văn Thử', NgaySinh: '1985-10-20', GioiTinh: 'Nam', DiaChi: 'Số 2, đường Mẫu, phường An Bình' },
};
const text = (v: unknown) => (typeof v === 'string' ? v : '');
const list = (v: unknown) => (Array.isArray(v) ? (v as Record<string, unknown>[]) : []);
const sha = (body: unknown) => createHash('sha256').update(JSON.stringify(body)).digest('hex');

/** The 2026 LGSP-style interface. `path` comes without the prefix, `/CreateDossier`. */
export function createLgsp(deps: InterfaceDeps) {
  const { holdings, troubles } = deps;

  /** Same key and same content: the same answer, one effect. Same key and other content: 409. */
  function once(key: string, kind: string, body: unknown, work: () => { code: string; answer: unknown } | ProvinceReply): ProvinceReply {
    if (key === '') return said(400, 'THIEU_MA_GIAO_DICH', 'Thiếu mã giao dịch.');
    const payload = sha(body);
    return holdings.transaction(() => {
      const before = holdings.request(key);
      if (before)
        return before.payload === payload && before.kind === kind
          ? jsonReply(200, JSON.parse(before.answer))
          : said(409, 'MA_GIAO_DICH_DA_DUNG', 'Mã giao dịch đã dùng cho nội dung khác.');
      const done = work();
      if ('status' in done) return done;
      holdings.putRequest(key, kind, payload, done.code, deps.now(), done.answer);
      return jsonReply(200, done.answer);
    });
  }

  function getToken(body: Record<string, unknown> | null): ProvinceReply {
    const known = deps.users[text(body?.['client_id'])];
    if (troubles.current().signInRefused || known === undefined || known !== text(body?.['client_secret']))
      return said(401, 'SAI_TAI_KHOAN', 'Sai tài khoản hoặc mật khẩu kết nối.');
    const life = troubles.current().tokenLifeS;
    return jsonReply(200, {
      access_token: holdings.putToken(deps.now() + life * 1000, deps.now()),
      token_type: 'Bearer',
      expires_in: life,
    });
  }

  function authorised(request: ProvinceRequest): boolean {
    const token = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1];
    return token !== undefined && holdings.tokenUntil(token) > deps.now();
  }

  function nextValue(body: Record<string, unknown>): ProvinceReply {
    const agency = text(body['MaDonVi']);
    const asked = text(body['MaYeuCau']);
    if (agency === '' || asked === '') return said(400, 'THIEU_THONG_TIN', 'Thiếu mã đơn vị hoặc mã yêu cầu.');
    return once(`so:${asked}`, 'GetNextValue', { agency }, () => {
      const day = businessDay(deps.now());
      const n = holdings.nextNumber(agency, day);
      const code = `${agency}-${day.slice(2).replaceAll('-', '')}-${String(n).padStart(4, '0')}`;
      return { code, answer: { MaHoSo: code, MaYeuCau: asked } };
    });
  }

  function uploadFile(request: ProvinceRequest): ProvinceReply {
    const type = request.headers['content-type'] ?? '';
    let bytes: Buffer | { part: string };
    let fields: Record<string, unknown>;
    if (type.startsWith('multipart/')) {
      const parsed = parseMultipart(type, request.body);
      if (!parsed?.file) return said(400, 'TEP_THIEU', 'Phần tệp không trọn vẹn.');
      bytes = parsed.file;
      fields = parsed.fields;
    } else {
      fields = parseJson(request.body) ?? {};
      const id = text(fields['DiaChiTaiLen']).split('/').pop() ?? '';
      const part = holdings.part.get(id);
      if (!part) return said(404, 'TAI_LEN_KHONG_CO', 'Không có phần tải lên này.');
      bytes = { part: id };
    }
    const size = Number(fields['KichThuoc']);
    if (size > troubles.current().maxFileBytes) return said(413, 'TEP_QUA_LON', 'Tệp lớn hơn mức hệ thống nhận.');
    const declared = text(fields['HashTepTin']).toLowerCase();
    const kept = holdings.transaction(() => holdings.putFile(bytes, text(fields['TenTepTin']), request.headers['idempotency-key'] ?? null));
    if (kept.sha256 !== declared) return said(422, 'HASH_KHONG_KHOP', 'Mã kiểm của tệp không khớp.');
    if (!Buffer.isBuffer(bytes)) holdings.part.drop(bytes.part);
    const hash = troubles.wrongHash() ? kept.sha256.split('').reverse().join('') : kept.sha256;
    return jsonReply(200, { IdTepTin: kept.id, HashTepTin: hash, KichThuoc: kept.size });
  }

  function createDossier(body: Record<string, unknown>): ProvinceReply {
    const key = text(body['MaGiaoDich']);
    const code = text(body['MaHoSo']);
    const revision = Number(body['PhienBan'] ?? 1);
    const missing = ['MaHoSo', 'MaTTHC', 'ChuHoSo', 'MaDonViTiepNhan', 'NgayTiepNhan'].filter((f) => text(body[f]) === '');
    if (missing.length > 0) return said(400, 'THIEU_THONG_TIN', `Thiếu thông tin: ${missing.join(', ')}.`);
    return once(key, 'CreateDossier', body, () => {
      const stale = new Set(troubles.current().unknownComponents);
      const files: { id: string; component: string }[] = [];
      for (const component of list(body['ThanhPhanHoSo'])) {
        const componentCode = text(component['MaThanhPhanHoSo']);
        if (stale.has(componentCode))
          return said(
            422,
            'THANH_PHAN_KHONG_CON',
            `Thiếu mã thành phần “${text(component['TenThanhPhanHoSo'])}” theo danh mục mới của tỉnh.`,
          );
        for (const paper of list(component['GiayToDinhKem'])) {
          const file = holdings.file(text(paper['IdGiayTo']));
          if (!file) return said(422, 'TEP_KHONG_CO', 'Hồ sơ dẫn tới tệp mà tỉnh không có.');
          if (file.sha256 !== text(paper['HashTepTin']).toLowerCase())
            return said(422, 'HASH_KHONG_KHOP', 'Mã kiểm của giấy tờ không khớp với tệp đã tải.');
          files.push({ id: file.id, component: componentCode });
        }
      }
      const before = holdings.exists(code);
      if (before && before.key.split(':')[0] !== key.split(':')[0])
        return said(409, 'MA_HO_SO_DA_CO', 'Mã hồ sơ này đã thuộc về một hồ sơ khác.');
      if (before && before.revision >= revision) return said(409, 'PHIEN_BAN_CU', 'Tỉnh đã có bản bằng hoặc mới hơn.');
      const at = vietnamIso(deps.now());
      holdings.putDossier({
        code,
        key,
        revision,
        agency: text(body['MaDonViTiepNhan']),
        source: 'lgsp',
        at,
        day: text(body['NgayTiepNhan']).slice(0, 10),
        now: deps.now(),
        body,
        files,
      });
      return { code, answer: { MaGiaoDich: key, MaHoSo: code, ThoiGian: at } };
    });
  }

  function progress(body: Record<string, unknown>): ProvinceReply {
    const key = text(body['MaGiaoDich']);
    const code = text(body['MaHoSo']);
    return once(key, 'CapNhatTienTrinh', body, () => {
      if (!holdings.exists(code)) return said(404, 'KHONG_CO_HO_SO', 'Không tìm thấy hồ sơ.');
      holdings.putProgress(code, key, body);
      return { code, answer: { MaGiaoDich: key, MaHoSo: code } };
    });
  }

  function status(body: Record<string, unknown>): ProvinceReply {
    const key = text(body['MaGiaoDich']);
    const code = text(body['MaHoSo']);
    const value = Number(body['TrangThai']);
    if (!Number.isInteger(value) || value < 1 || value > 10) return said(422, 'TRANG_THAI_SAI', 'Trạng thái không có trong danh mục.');
    return once(key, 'CapNhatTrangThai', body, () => {
      if (!holdings.exists(code)) return said(404, 'KHONG_CO_HO_SO', 'Không tìm thấy hồ sơ.');
      const results: { id: string; name: string }[] = [];
      for (const paper of list(body['DanhSachGiayToKetQua'])) {
        const file = holdings.file(text(paper['IdGiayTo']));
        if (!file) return said(422, 'TEP_KHONG_CO', 'Kết quả dẫn tới tệp mà tỉnh không có.');
        if (file.sha256 !== text(paper['HashTepTin']).toLowerCase())
          return said(422, 'HASH_KHONG_KHOP', 'Mã kiểm của kết quả không khớp với tệp đã tải.');
        results.push({ id: file.id, name: text(paper['TenGiayTo']) });
      }
      holdings.setStatus(code, key, value, text(body['ThoiDiem']), results);
      return { code, answer: { MaGiaoDich: key, MaHoSo: code } };
    });
  }

  function find(query: URLSearchParams): ProvinceReply {
    const key = query.get('MaGiaoDich') ?? '';
    const done = holdings.request(key);
    return jsonReply(200, {
      MaGiaoDich: key,
      DaThucHien: done !== undefined,
      MaHoSo: done?.code ?? null,
      ThoiGian: done ? vietnamIso(done.at) : null,
    });
  }

  function listDay(query: URLSearchParams): ProvinceReply {
    const page = Math.max(1, Number(query.get('Trang') ?? '1'));
    const rows = holdings.page(query.get('MaDonVi') ?? '', query.get('Ngay') ?? '', page, PAGE);
    return jsonReply(200, {
      DanhSach: rows.map((d) => ({
        MaHoSo: d.code,
        MaGiaoDich: d.key,
        PhienBan: d.revision,
        TrangThai: d.status,
        ThoiDiemTrangThai: d.statusAt,
        HashTepTin: d.files.map((f) => f.sha256),
      })),
      TrangSau: rows.length === PAGE ? page + 1 : null,
    });
  }

  function download(query: URLSearchParams): ProvinceReply {
    const file = holdings.file(query.get('IdTepTin') ?? '');
    return file
      ? { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: holdings.fileBytes(file.sha256) }
      : said(404, 'TEP_KHONG_CO', 'Không có tệp này.');
  }

  return {
    authorised,
    handle(request: ProvinceRequest, step: string): ProvinceReply {
      const body = request.headers['content-type']?.startsWith('application/json') ? parseJson(request.body) : {};
      if (step === 'GetToken') return getToken(body);
      if (!authorised(request)) return said(401, 'PHIEN_HET_HAN', 'Phiên làm việc đã hết hạn.');
      if (body === null) return said(400, 'JSON_SAI', 'Nội dung không đọc được.');
      switch (`${request.method} ${step}`) {
        case 'POST GetNextValue':
          return nextValue(body);
        case 'POST UploadFile':
          return uploadFile(request);
        case 'POST CreateDossier':
          return createDossier(body);
        case 'POST CapNhatTienTrinh':
          return progress(body);
        case 'POST CapNhatTrangThai':
          return status(body);
        case 'GET TraCuuGiaoDich':
          return find(request.query);
        case 'GET DanhSachHoSo':
          return listDay(request.query);
        case 'GET ThayDoi':
          return jsonReply(200, {
            DanhSach: holdings.changes(request.query.get('MaDonVi') ?? '', Number(request.query.get('Sau') || '0')),
          });
        case 'POST TraCuuCongDan':
          return jsonReply(200, { CongDan: CITIZENS[text(body['SoDinhDanh'])] ?? null });
        case 'GET TaiTepTin':
          return download(request.query);
        default:
          return said(404, 'KHONG_CO_DICH_VU', 'Không có dịch vụ này.');
      }
    },
  };
}
