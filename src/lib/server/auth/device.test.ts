import { expect, test } from 'vitest';
import { deviceOf } from './device.ts';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const IOS = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';

test.each([
	[`${WINDOWS} ${WEBKIT} Chrome/131.0.0.0 Safari/537.36`, 'Chrome on Windows'],
	[`${WINDOWS} ${WEBKIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`, 'Edge on Windows'],
	[`${WINDOWS} ${WEBKIT} Chrome/131.0.0.0 Safari/537.36 OPR/117.0.0.0`, 'Opera on Windows'],
	['Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0', 'Firefox on Linux'],
	[
		`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${IOS} Version/18.1 Safari/605.1.15`,
		'Safari on Mac'
	],
	[`${PHONE} ${IOS} Version/18.0 Mobile/15E148 Safari/604.1`, 'Safari on iPhone'],
	[`${PHONE} ${IOS} CriOS/131.0.0.0 Mobile/15E148 Safari/604.1`, 'Chrome on iPhone'],
	[`${PHONE} ${IOS} FxiOS/133.0 Mobile/15E148 Safari/605.1.15`, 'Firefox on iPhone'],
	[`${PHONE} ${IOS} Mobile/15E148 Instagram 358.0.0.0 (iPhone16,1)`, 'Instagram on iPhone'],
	[`${PHONE} ${IOS} Mobile/15E148 [FBAN/FBIOS;FBAV/490.0.0.0]`, 'Facebook on iPhone'],
	[
		`Mozilla/5.0 (Linux; Android 14; SM-S921B) ${WEBKIT} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`,
		'Samsung Internet on Android'
	],
	[`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/131.0.0.0`, 'Chrome on ChromeOS'],
	['Mozilla/5.0 (Windows NT 10.0)', 'Browser on Windows'],
	['node', null],
	['curl/8.11.0', null],
	['', null],
	['<script>alert(1)</script> Chrome/1', 'Chrome']
])('%s', (userAgent, device) => {
	expect(deviceOf(userAgent)).toBe(device);
});

test('no header is no device', () => {
	expect(deviceOf(null)).toBeNull();
});
