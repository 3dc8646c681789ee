import { expect, test } from 'vitest';
import { metaJson } from './escape.ts';
import { appSecretProof, signature1, signature256, signedRequest } from './signature.ts';

// The vectors of PLATFORMS 0.2.
const SECRET = 'test_app_secret';
const BODY =
	'{"object":"instagram","entry":[{"id":"17841400000000001","time":1760000000,"changes":[{"field":"live_comments","value":{"from":{"id":"900100","username":"shopper_1"},"media":{"id":"18000000000000001","media_product_type":"LIVE"},"id":"17900000000000001","text":"caf\\u00e9 sold 12"}}]}]}';

test('a webhook is signed over its escaped bytes', () => {
	expect(Buffer.byteLength(BODY)).toBe(286);
	expect(signature256(SECRET, BODY)).toBe(
		'sha256=b536a5caaae8d490f4c7c21921d141975c00985063b28bd3bc46590cf4d88104'
	);
	expect(signature1(SECRET, BODY)).toMatch(/^sha1=[0-9a-f]{40}$/);
});

test('the body after parse and stringify has another signature; Meta’s way of writing has the right one', () => {
	const parsed: unknown = JSON.parse(BODY);
	expect(signature256(SECRET, JSON.stringify(parsed))).toBe(
		'sha256=27b3ceda2b89b4e94bfd3f216eddc038868bbb24c51301dea8352711cd4624a5'
	);
	expect(metaJson(parsed)).toBe(BODY);
});

test('everything beyond ASCII becomes \\u with lower-case digits, a slash \\/', () => {
	expect(metaJson({ text: 'Äö/😍 ๑๒' })).toBe(
		'{"text":"\\u00c4\\u00f6\\/\\ud83d\\ude0d \\u0e51\\u0e52"}'
	);
	expect(JSON.parse(metaJson('a\\/b"ñ\n'))).toBe('a\\/b"ñ\n');
});

test('a proof belongs to one token', () => {
	expect(appSecretProof(SECRET, 'EAAtesttoken')).toBe(
		'2f6c99f265a9e1644d725e8f9c96e439fcbf40a73357d1d98ba8b98fbfe445e4'
	);
});

test('a signed request is signature, dot, payload', () => {
	const payload = { algorithm: 'HMAC-SHA256', issued_at: 1760000000, user_id: '900100' };
	expect(signedRequest(SECRET, payload)).toBe(
		'XsExAjOSGMLwwzbAFTTuu7Pi23r8ot5p1Xwokrh2jDw.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc2MDAwMDAwMCwidXNlcl9pZCI6IjkwMDEwMCJ9'
	);
});
