/**
 * The sample papers as HTML pages. Every person, number and address in them is invented. The papers follow the
 * layout that officers know; they are training material and say so at the foot.
 */
export interface Paper {
  readonly file: string;
  readonly html: string;
  /** Degrees by which the sheet lies askew in the feeder. */
  readonly skew: number;
}

const motto = `<div class="motto"><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b><br><b><u>Độc lập - Tự do - Hạnh phúc</u></b></div>`;
const line = (label: string, value: string) => `<p class="line">${label} <i>${value}</i></p>`;

const declaration = `${motto}
<h1>TỜ KHAI ĐĂNG KÝ KHAI SINH</h1>
<p class="centre">Kính gửi: <i>Ủy ban nhân dân phường An Bình Mẫu</i></p>
${line('Họ, chữ đệm, tên người yêu cầu:', 'Nguyễn Thị Thùy Dương')}
${line('Giấy tờ tùy thân:', 'Căn cước số 000190000017, cấp ngày 14/3/2025')}
${line('Nơi cư trú:', 'Số 12 đường Hoa Sữa, tổ 4, phường An Bình Mẫu')}
${line('Quan hệ với người được khai sinh:', 'Mẹ')}
<p><b>Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:</b></p>
${line('Họ, chữ đệm, tên:', '<b>TRẦN NGUYỄN GIA HƯNG</b>')}
${line('Ngày, tháng, năm sinh:', '05/11/2026 &emsp; ghi bằng chữ: Ngày năm tháng mười một năm hai nghìn không trăm hai mươi sáu')}
${line('Giới tính:', 'Nam &emsp; Dân tộc: Kinh &emsp; Quốc tịch: Việt Nam')}
${line('Nơi sinh:', 'Bệnh viện Phụ sản Mẫu, phường Trung Tâm Mẫu')}
${line('Quê quán:', 'Phường An Bình Mẫu')}
${line('Họ, chữ đệm, tên người mẹ:', 'Nguyễn Thị Thùy Dương, sinh năm 1996, dân tộc Kinh')}
${line('Họ, chữ đệm, tên người cha:', 'Trần Quốc Huy, sinh năm 1994, dân tộc Kinh')}
<p>Tôi cam đoan nội dung đề nghị đăng ký khai sinh trên đây là đúng sự thật, được sự thỏa thuận nhất trí của các bên liên quan theo quy định pháp luật. Tôi chịu hoàn toàn trách nhiệm trước pháp luật về nội dung cam đoan của mình.</p>
<div class="sign"><p>Làm tại <i>An Bình Mẫu</i>, ngày <i>21</i> tháng <i>11</i> năm <i>2026</i></p><p><b>Người yêu cầu</b><br><small>(Ký, ghi rõ họ, chữ đệm, tên)</small></p><p class="hand">Dương</p><p>Nguyễn Thị Thùy Dương</p></div>`;

const birth = `<div class="two"><div class="centre">SỞ Y TẾ TỈNH MẪU<br><b>BỆNH VIỆN PHỤ SẢN MẪU</b><hr></div>${motto}</div>
<p class="right">Số: 01482 &emsp; Quyển số: 07/2026</p>
<h1>GIẤY CHỨNG SINH</h1>
${line('Họ và tên mẹ hoặc người nuôi dưỡng:', 'Nguyễn Thị Thùy Dương')}
${line('Năm sinh:', '1996 &emsp; Dân tộc: Kinh')}
${line('Nơi thường trú:', 'Số 12 đường Hoa Sữa, tổ 4, phường An Bình Mẫu')}
${line('Số căn cước:', '000190000017')}
${line('Họ và tên cha:', 'Trần Quốc Huy')}
${line('Đã sinh con vào lúc:', '<b>06 giờ 42 phút, ngày 05 tháng 11 năm 2026</b>')}
${line('Tại:', 'Bệnh viện Phụ sản Mẫu')}
${line('Số con trong lần sinh này:', '01 (một)')}
${line('Giới tính của con:', 'Nam &emsp; Cân nặng: 3.250 gam')}
${line('Hiện trạng con:', 'Khỏe mạnh')}
${line('Dự định đặt tên con là:', '<b>TRẦN NGUYỄN GIA HƯNG</b>')}
${line('Người đỡ đẻ:', 'Hộ sinh Lê Thị Bích Hằng')}
<div class="two"><div class="centre"><b>Cha, mẹ hoặc người thân thích</b><br><small>(Ký, ghi rõ họ tên)</small><p class="hand">Huy</p>Trần Quốc Huy</div><div class="sign"><p>Ngày 07 tháng 11 năm 2026</p><b>Thủ trưởng cơ sở khám chữa bệnh</b><div class="stamp">BỆNH VIỆN<br>PHỤ SẢN MẪU</div><p>Phạm Văn Định</p></div></div>`;

const marriage = `<div class="frame"><p class="centre big">CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM<br><u>Độc lập - Tự do - Hạnh phúc</u></p>
<div class="emblem">★</div><h1 class="red">GIẤY CHỨNG NHẬN KẾT HÔN</h1><p class="right">Số: 068/2023</p>
<div class="two cells"><div>${line('Họ, chữ đệm, tên vợ:', '<b>NGUYỄN THỊ THÙY DƯƠNG</b>')}${line('Sinh:', '02/9/1996')}${line('Dân tộc:', 'Kinh')}${line('Quốc tịch:', 'Việt Nam')}${line('Nơi cư trú:', 'Phường An Bình Mẫu')}${line('Giấy tờ:', '000190000017')}</div>
<div>${line('Họ, chữ đệm, tên chồng:', '<b>TRẦN QUỐC HUY</b>')}${line('Sinh:', '30/4/1994')}${line('Dân tộc:', 'Kinh')}${line('Quốc tịch:', 'Việt Nam')}${line('Nơi cư trú:', 'Phường An Bình Mẫu')}${line('Giấy tờ:', '000094000025')}</div></div>
${line('Nơi đăng ký kết hôn:', 'Ủy ban nhân dân phường An Bình Mẫu')}${line('Ngày, tháng, năm đăng ký:', '08/3/2023')}
<div class="two"><div class="centre"><b>VỢ</b><p class="hand">Dương</p><b>CHỒNG</b><p class="hand">Huy</p></div><div class="sign"><b>TM. ỦY BAN NHÂN DÂN<br>KT. CHỦ TỊCH<br>PHÓ CHỦ TỊCH</b><div class="stamp">UBND PHƯỜNG<br>AN BÌNH MẪU</div><p>Hoàng Đức Thắng</p></div></div></div>`;

const residence = `<div class="two"><div class="centre">CÔNG AN TỈNH MẪU<br><b>CÔNG AN PHƯỜNG AN BÌNH MẪU</b><hr></div>${motto}</div>
<h1>XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ</h1>
${line('1. Họ, chữ đệm và tên:', 'Nguyễn Thị Thùy Dương')}${line('2. Ngày, tháng, năm sinh:', '02/9/1996')}${line('3. Giới tính:', 'Nữ &emsp; 4. Dân tộc: Kinh &emsp; 5. Tôn giáo: Không')}
${line('6. Số định danh cá nhân:', '000190000017')}${line('7. Nơi thường trú:', 'Số 12 đường Hoa Sữa, tổ 4, phường An Bình Mẫu')}${line('8. Chủ hộ:', 'Trần Quốc Huy &emsp; Quan hệ với chủ hộ: Vợ')}
<p><b>9. Thông tin các thành viên khác trong hộ gia đình:</b></p>
<table><tr><th>TT</th><th>Họ, chữ đệm và tên</th><th>Ngày sinh</th><th>Giới tính</th><th>Số định danh</th><th>Quan hệ</th></tr>
<tr><td>1</td><td>Trần Quốc Huy</td><td>30/4/1994</td><td>Nam</td><td>000094000025</td><td>Chủ hộ</td></tr>
<tr><td>2</td><td>Đặng Thị Kim Yến</td><td>17/7/1968</td><td>Nữ</td><td>000168000031</td><td>Mẹ</td></tr></table>
<p>Giấy này có giá trị trong thời hạn 01 năm kể từ ngày cấp. Cấp theo yêu cầu của công dân để bổ sung hồ sơ đăng ký khai sinh.</p>
<div class="sign"><p>An Bình Mẫu, ngày 19 tháng 11 năm 2026</p><b>TRƯỞNG CÔNG AN PHƯỜNG</b><div class="stamp">CÔNG AN PHƯỜNG<br>AN BÌNH MẪU</div><p>Võ Thành Luân</p></div>`;

export const PAPERS: readonly Paper[] = [
  { file: 'to-khai-khai-sinh.jpg', html: declaration, skew: 0.4 },
  { file: 'giay-chung-sinh.jpg', html: birth, skew: -0.3 },
  { file: 'mat-sau-trang.jpg', html: '', skew: 0 },
  { file: 'chung-nhan-ket-hon.jpg', html: marriage, skew: 0.2 },
  { file: 'xac-nhan-cu-tru.jpg', html: residence, skew: -1.1 },
];
