import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
	appSecretProof,
	equalSecrets,
	parseSignedRequest,
	signWebhook,
	verifyWebhookSignature
} from './signature.ts';

// The vectors of PLATFORMS 0.2.
const SECRET = 'test_app_secret';
const BODY = String.raw`{"object":"instagram","entry":[{"id":"17841400000000001","time":1760000000,"changes":[{"field":"live_comments","value":{"from":{"id":"900100","username":"shopper_1"},"media":{"id":"18000000000000001","media_product_type":"LIVE"},"id":"17900000000000001","text":"caf\u00e9 sold 12"}}]}]}`;
const SIGNATURE = 'sha256=b536a5caaae8d490f4c7c21921d141975c00985063b28bd3bc46590cf4d88104';
const OF_PARSED = 'sha256=27b3ceda2b89b4e94bfd3f216eddc038868bbb24c51301dea8352711cd4624a5';
const SIGNED_REQUEST =
	'XsExAjOSGMLwwzbAFTTuu7Pi23r8ot5p1Xwokrh2jDw.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc2MDAwMDAwMCwidXNlcl9pZCI6IjkwMDEwMCJ9';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a webhook’s signature', () => {
	test('is made over the bytes as they came', () => {
		expect(bytes(BODY)).toHaveLength(286);
		expect(signWebhook(bytes(BODY), SECRET)).toBe(SIGNATURE);
		expect(verifyWebhookSignature(bytes(BODY), SIGNATURE, [SECRET])).toBe(true);
	});

	test('does not fit a body that was parsed and written again', () => {
		const rewritten = bytes(JSON.stringify(JSON.parse(BODY)));
		expect(signWebhook(rewritten, SECRET)).toBe(OF_PARSED);
		expect(verifyWebhookSignature(rewritten, SIGNATURE, [SECRET])).toBe(false);
		expect(verifyWebhookSignature(bytes(BODY), OF_PARSED, [SECRET])).toBe(false);
	});

	test('may be any secret’s of the list', () => {
		const secrets = ['first_secret', SECRET, 'last_secret'];
		for (const secret of secrets) {
			const signature = signWebhook(bytes(BODY), secret);
			expect(verifyWebhookSignature(bytes(BODY), signature, secrets)).toBe(true);
		}
		const foreign = signWebhook(bytes(BODY), 'foreign_secret');
		expect(verifyWebhookSignature(bytes(BODY), foreign, secrets)).toBe(false);
		expect(verifyWebhookSignature(bytes(BODY), SIGNATURE, [])).toBe(false);
	});

	test.each([
		['none', null],
		['an empty one', ''],
		['another scheme', SIGNATURE.replace('sha256', 'sha1')],
		['upper-case hex', SIGNATURE.toUpperCase().replace('SHA256', 'sha256')],
		['too short a digest', SIGNATURE.slice(0, -1)],
		['too long a digest', `${SIGNATURE}0`],
		['two headers joined', `${SIGNATURE}, ${SIGNATURE}`],
		['a line break at the end', `${SIGNATURE}\n`],
		['a space before it', ` ${SIGNATURE}`],
		['no hex', `sha256=${'z'.repeat(64)}`],
		['one other digit', SIGNATURE.replace(/4$/, '5')]
	])('is refused: %s', (_, header) => {
		expect(verifyWebhookSignature(bytes(BODY), header, [SECRET])).toBe(false);
	});

	test('does not fit a body with one other byte', () => {
		expect(verifyWebhookSignature(bytes(`${BODY} `), SIGNATURE, [SECRET])).toBe(false);
	});
});

test('appSecretProof gives the vector', () => {
	expect(appSecretProof('EAAtesttoken', SECRET)).toBe(
		'2f6c99f265a9e1644d725e8f9c96e439fcbf40a73357d1d98ba8b98fbfe445e4'
	);
});

test('equalSecrets tells texts of any length apart', () => {
	expect(equalSecrets('token', 'token')).toBe(true);
	expect(equalSecrets('token', 'token ')).toBe(false);
	expect(equalSecrets('', 'token')).toBe(false);
	expect(equalSecrets('tokeN', 'token')).toBe(false);
});

describe('a signed request', () => {
	function signed(payload: string): string {
		const encoded = Buffer.from(payload).toString('base64url');
		const signature = createHmac('sha256', SECRET).update(encoded).digest('base64url');
		return `${signature}.${encoded}`;
	}

	test('gives the person and the time', () => {
		expect(parseSignedRequest(SIGNED_REQUEST, SECRET)).toEqual({
			userId: '900100',
			issuedAt: new Date(1_760_000_000_000)
		});
	});

	test('may hold the id as a number of any size, and no time', () => {
		const payload = '{"algorithm":"HMAC-SHA256","user_id":17841400000000001234}';
		expect(parseSignedRequest(signed(payload), SECRET)).toEqual({
			userId: '17841400000000001234',
			issuedAt: null
		});
	});

	test.each([
		['another secret’s', SIGNED_REQUEST, 'other_secret'],
		['one with another payload', `${SIGNED_REQUEST.slice(0, -4)}AAAA`, SECRET],
		['one with another signature', `A${SIGNED_REQUEST.slice(1)}`, SECRET],
		['without a payload', SIGNED_REQUEST.split('.')[0] ?? '', SECRET],
		['an empty one', '', SECRET],
		['one of three parts', `${SIGNED_REQUEST}.x`, SECRET],
		['one that is no JSON', signed('hello'), SECRET],
		['one without a person', signed('{"algorithm":"HMAC-SHA256"}'), SECRET],
		['one of another algorithm', signed('{"algorithm":"none","user_id":"900100"}'), SECRET]
	])('is refused: %s', (_, text, secret) => {
		expect(parseSignedRequest(text, secret)).toBeNull();
	});
});
