import { describe, expect, test } from 'vitest';
import { parseLiveReference } from './live-reference.ts';

const ID = '10155832421501570';

describe('what a seller pastes', () => {
	test.each([ID, '1', '9'.repeat(25), `  ${ID}\n`])('an id: %j', (text) => {
		expect(parseLiveReference(text)).toEqual({ kind: 'id', id: text.trim() });
	});

	test.each([
		[`https://www.facebook.com/demoshop/videos/${ID}`, 'demoshop'],
		[`https://www.facebook.com/demoshop/videos/${ID}/`, 'demoshop'],
		[`https://facebook.com/1093482904102/videos/${ID}/`, '1093482904102'],
		[`https://m.facebook.com/demo.shop-1/videos/saturday-sale/${ID}/`, 'demo.shop-1'],
		[
			`https://web.facebook.com/demoshop/videos/caf%C3%A9-sale/${ID}?ref=x&__cft__[0]=y#z`,
			'demoshop'
		],
		[`HTTPS://WWW.FACEBOOK.COM/demoshop/videos/${ID}`, 'demoshop'],
		[`https://www.facebook.com/watch/?v=${ID}`, null],
		[`https://www.facebook.com/watch?v=${ID}`, null],
		[`https://www.facebook.com/watch/live/?ref=watch_permalink&v=${ID}`, null],
		[`https://www.facebook.com/video.php?v=${ID}`, null],
		[`https://www.facebook.com/live/producer/${ID}`, null],
		[`https://www.facebook.com/live/producer/${ID}/?entry=1`, null]
	])('a link: %s', (text, pageRef) => {
		expect(parseLiveReference(text)).toEqual({ kind: 'facebook', videoId: ID, pageRef });
	});
});

describe('what is refused', () => {
	test.each([
		// hosts that only look right
		`https://facebook.com.evil.example/demoshop/videos/${ID}`,
		`https://evil.example/www.facebook.com/videos/${ID}`,
		`https://wwwfacebook.com/demoshop/videos/${ID}`,
		`https://www.facebook.com./demoshop/videos/${ID}`,
		`https://evil.facebook.com/demoshop/videos/${ID}`,
		`https://www.faceb%6fok.com/demoshop/videos/${ID}`,
		`https://www.fаcebook.com/demoshop/videos/${ID}`,
		`https://www.facebook。com/demoshop/videos/${ID}`,
		`https://ｆacebook.com/demoshop/videos/${ID}`,
		`https://xn--fcebook-hwa.com/demoshop/videos/${ID}`,
		// a user, a port
		`https://www.facebook.com@evil.example/demoshop/videos/${ID}`,
		`https://www.facebook.com:443@127.0.0.1/demoshop/videos/${ID}`,
		`https://evil@www.facebook.com/demoshop/videos/${ID}`,
		`https://@www.facebook.com/demoshop/videos/${ID}`,
		`https://www.facebook.com:443/demoshop/videos/${ID}`,
		`https://www.facebook.com:6379/demoshop/videos/${ID}`,
		`https://evil.example#@www.facebook.com/demoshop/videos/${ID}`,
		`https://evil.example?@www.facebook.com/demoshop/videos/${ID}`,
		// loopback, link-local, private and disguised addresses
		`https://127.0.0.1/demoshop/videos/${ID}`,
		`https://localhost/demoshop/videos/${ID}`,
		`https://2130706433/demoshop/videos/${ID}`,
		`https://0x7f000001/demoshop/videos/${ID}`,
		`https://0177.0.0.1/demoshop/videos/${ID}`,
		`https://127.1/demoshop/videos/${ID}`,
		`https://0/demoshop/videos/${ID}`,
		`https://[::1]/demoshop/videos/${ID}`,
		`https://[::ffff:127.0.0.1]/demoshop/videos/${ID}`,
		`https://169.254.169.254/latest/meta-data/videos/${ID}`,
		`https://[fd00:ec2::254]/demoshop/videos/${ID}`,
		`https://10.0.0.1/demoshop/videos/${ID}`,
		// other schemes and what a URL parser forgives
		`http://www.facebook.com/demoshop/videos/${ID}`,
		`//www.facebook.com/demoshop/videos/${ID}`,
		`www.facebook.com/demoshop/videos/${ID}`,
		`ftp://www.facebook.com/demoshop/videos/${ID}`,
		`file:///demoshop/videos/${ID}`,
		`javascript:alert(${ID})`,
		`javascript://www.facebook.com/demoshop/videos/${ID}`,
		`data:text/html,${ID}`,
		`https:www.facebook.com/demoshop/videos/${ID}`,
		`https:/www.facebook.com/demoshop/videos/${ID}`,
		`https:///www.facebook.com/demoshop/videos/${ID}`,
		`https:\\\\www.facebook.com\\demoshop\\videos\\${ID}`,
		`https://www.facebook.com\\@evil.example/demoshop/videos/${ID}`,
		`ht\ttps://www.facebook.com/demoshop/videos/${ID}`,
		`https://www.face\nbook.com/demoshop/videos/${ID}`,
		`https://www.facebook.com/demoshop/videos/${ID}\u0000`,
		`https://www.facebook.com/demoshop/videos/\u202e${ID}`,
		`https://www.facebook.com/demo shop/videos/${ID}`,
		`https://www.facebook.com/watch/?v=${ID}&x=\u202e`,
		`https://www.facebook.com/watch/?v=${ID}#a\nb`,
		// paths that name no live video
		'https://www.facebook.com',
		'https://www.facebook.com/',
		'https://www.facebook.com/demoshop',
		'https://www.facebook.com/demoshop/videos',
		`https://www.facebook.com/demoshop/posts/${ID}`,
		`https://www.facebook.com/../videos/${ID}`,
		`https://www.facebook.com/demoshop/../videos/${ID}`,
		`https://www.facebook.com/demoshop/videos/../${ID}`,
		`https://www.facebook.com/%2e%2e/videos/${ID}`,
		`https://www.facebook.com//videos/${ID}`,
		`https://www.facebook.com/demoshop/videos//${ID}`,
		`https://www.facebook.com/demoshop/videos/x/y/${ID}`,
		`https://www.facebook.com/demoshop/videos/${ID}/comments`,
		`https://www.facebook.com/demoshop/videos/${ID}abc`,
		'https://www.facebook.com/demoshop/videos/pcb.1',
		`https://www.facebook.com/demoshop/videos/${'1'.repeat(26)}`,
		`https://www.facebook.com/watch/?v=${ID}&v=2`,
		'https://www.facebook.com/watch/',
		'https://www.facebook.com/watch/?v=',
		`https://www.facebook.com/watch/?v=${ID}/../me`,
		`https://www.facebook.com/live/producer/`,
		// not ids
		...['', '   ', '0x7f', '-1', '1.5', '1_2', '１２', '9'.repeat(26), 'sold 12'],
		`https://www.facebook.com/demoshop/videos/${ID}?${'x'.repeat(5_000_000)}`
	])('%.100s', (text) => {
		expect(parseLiveReference(text)).toEqual({
			kind: 'refused',
			why: expect.stringMatching(/\.$/)
		});
	});

	test.each([
		'https://fb.watch/abc123/',
		'https://l.facebook.com/l.php?u=https%3A%2F%2Fevil.example',
		'https://www.facebook.com/l.php?u=https%3A%2F%2Fevil.example',
		'https://www.facebook.com/share/v/abc123/'
	])('a link that leads elsewhere says what to paste instead: %s', (text) => {
		expect(parseLiveReference(text)).toMatchObject({ why: expect.stringContaining('Open it') });
	});

	test.each(['https://www.instagram.com/demo_shop/live/', 'https://instagram.com/p/abc/'])(
		'an Instagram link says how else: %s',
		(text) => {
			expect(parseLiveReference(text)).toMatchObject({
				why: expect.stringContaining('Choose the account’s live from the list')
			});
		}
	);
});
