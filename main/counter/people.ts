import type { OfficerInput } from '../officers/index.ts';

/** The officers of the rehearsal station. Invented people; the password is printed on the sign-in screen in training mode. */
export const TRAINING_PASSWORD = 'tap-huan';
export const trainingOfficers: readonly (OfficerInput & { password: string })[] = [
  { login: 'huyen', name: 'Lê Thị Thanh Huyền', title: 'Công chức tiếp nhận', duties: ['reception', 'appraisal'] },
  { login: 'dung', name: 'Phan Văn Dũng', title: 'Công chức tiếp nhận', duties: ['reception'] },
  { login: 'binh', name: 'Nguyễn Thanh Bình', title: 'Phó Chủ tịch UBND phường', duties: ['leader', 'reception'] },
  { login: 'lien', name: 'Võ Thị Liên', title: 'Văn thư', duties: ['clerk', 'reception'] },
  { login: 'quan', name: 'Trần Minh Quân', title: 'Quản trị, điều phối', duties: ['admin', 'supervisor', 'reception'] },
].map((officer) => ({ ...officer, duties: officer.duties as OfficerInput['duties'], active: true, password: TRAINING_PASSWORD }));
