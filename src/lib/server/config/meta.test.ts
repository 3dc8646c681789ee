import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../config.ts';

const services = {
	REDIS_URL: 'redis://localhost:6379',
	DATABASE_URL: 'postgres://localhost/sellary'
};
const key = (): string => randomBytes(32).toString('base64');
const meta = {
	...services,
	META_APP_ID: '424242',
	META_APP_SECRET: 'test_app_secret',
	META_VERIFY_TOKEN: 'test_verify_token',
	TOKEN_KEYS: `k1:${key()}`
};
const instagram = { INSTAGRAM_APP_ID: '515151', INSTAGRAM_APP_SECRET: 'test_instagram_secret' };

function faultsOf(env: Record<string, string | undefined>): string {
	try {
		readConfig(env);
	} catch (error) {
		if (error instanceof ConfigError) return error.message;
		throw error;
	}
	return '';
}

describe('the Meta app', () => {
	test('is not there without its id', () => {
		expect(readConfig(services)).toMatchObject({ meta: null, tokenKeys: [] });
		expect(readConfig({ ...meta, META_APP_ID: '' }).meta).toBeNull();
	});

	test('needs no more than id, secret, verify token and token keys', () => {
		expect(readConfig(meta).meta).toEqual({
			appId: '424242',
			appSecret: 'test_app_secret',
			verifyToken: 'test_verify_token',
			webhookSecrets: ['test_app_secret'],
			graphVersion: 'v25.0',
			loginConfigId: null,
			instagram: null,
			bases: {
				dialog: 'https://www.facebook.com',
				graph: 'https://graph.facebook.com',
				streaming: 'https://streaming-graph.facebook.com',
				instagramGraph: 'https://graph.instagram.com',
				instagramToken: 'https://api.instagram.com',
				instagramAuthorize: 'https://www.instagram.com'
			},
			pageSubscribedFields: ['feed', 'live_videos'],
			instagramSubscribedFields: ['comments', 'live_comments'],
			streamTokenIn: 'query',
			streamRate: 'one_hundred_per_second',
			pollMs: { active: 2_000, quiet: 5_000 },
			orderWindowMs: 1_000
		});
	});

	test('lists all that is missing beside it, with every other fault', () => {
		const faults = faultsOf({ META_APP_ID: '424242', META_GRAPH_VERSION: '25' });
		for (const name of ['META_APP_SECRET', 'META_VERIFY_TOKEN', 'TOKEN_KEYS']) {
			expect(faults).toContain(`${name}: must be set with META_APP_ID`);
		}
		expect(faults).toContain('META_GRAPH_VERSION: ');
		expect(faults).toContain('REDIS_URL: must be set');
	});

	test('is what an Instagram app needs, and its secret and token keys', () => {
		const faults = faultsOf({ ...services, INSTAGRAM_APP_ID: '515151' });
		for (const name of ['INSTAGRAM_APP_SECRET', 'META_APP_ID', 'TOKEN_KEYS']) {
			expect(faults).toContain(`${name}: must be set with INSTAGRAM_APP_ID`);
		}
	});

	test('takes webhooks signed with any of its secrets, each named once', () => {
		const env = { ...meta, ...instagram, META_WEBHOOK_SECRETS: 'old_secret_1,test_app_secret' };
		expect(readConfig(env).meta).toMatchObject({
			webhookSecrets: ['test_app_secret', 'test_instagram_secret', 'old_secret_1'],
			instagram: { appId: '515151', appSecret: 'test_instagram_secret', sendProof: true }
		});
		const silent = readConfig({ ...env, INSTAGRAM_SEND_PROOF: 'false' });
		expect(silent.meta?.instagram?.sendProof).toBe(false);
	});

	test('takes lists and numbers', () => {
		const config = readConfig({
			...meta,
			META_PAGE_FIELDS: 'feed',
			META_INSTAGRAM_FIELDS: 'live_comments,comments',
			META_STREAM_TOKEN: 'header',
			META_STREAM_RATE: 'ten_per_second',
			META_LOGIN_CONFIG_ID: '777',
			FACEBOOK_POLL_ACTIVE_MS: '100',
			COMMENT_ORDER_WINDOW_MS: '0'
		});
		expect(config.meta).toMatchObject({
			pageSubscribedFields: ['feed'],
			instagramSubscribedFields: ['live_comments', 'comments'],
			streamTokenIn: 'header',
			streamRate: 'ten_per_second',
			loginConfigId: '777',
			pollMs: { active: 100, quiet: 5_000 },
			orderWindowMs: 0
		});
	});

	test.each([
		['META_APP_ID', '42/42'],
		['META_APP_SECRET', 'short'],
		['META_VERIFY_TOKEN', 'with space in it'],
		['META_WEBHOOK_SECRETS', 'long_enough,,other_secret'],
		['META_GRAPH_VERSION', 'v25.0/..'],
		['META_PAGE_FIELDS', 'feed, live_videos'],
		['META_STREAM_TOKEN', 'body'],
		['META_STREAM_RATE', 'all'],
		['FACEBOOK_POLL_ACTIVE_MS', '99'],
		['FACEBOOK_POLL_QUIET_MS', 'often'],
		['COMMENT_ORDER_WINDOW_MS', '60001'],
		['INSTAGRAM_SEND_PROOF', 'yes']
	])('refuses %s=%s', (name, value) => {
		expect(faultsOf({ ...meta, [name]: value })).toMatch(
			new RegExp(`^ {2}${name}: (?!must be set)`, 'm')
		);
	});

	test('may be polled faster than a second outside production only', () => {
		const env = { ...meta, FACEBOOK_POLL_ACTIVE_MS: '999', FACEBOOK_POLL_QUIET_MS: '1000' };
		expect(faultsOf(env)).toBe('');
		const production = { ...env, NODE_ENV: 'production', ORIGIN: 'https://app.example.com' };
		const faults = faultsOf(production);
		expect(faults).toContain('FACEBOOK_POLL_ACTIVE_MS: must be at least 1000 in production');
		expect(faults).not.toContain('FACEBOOK_POLL_QUIET_MS');
	});

	test('shows no secret in a fault', () => {
		const secrets = {
			META_APP_SECRET: 'hunter2',
			META_VERIFY_TOKEN: 'hunter2 hunter2',
			META_WEBHOOK_SECRETS: 'hunter2',
			INSTAGRAM_APP_SECRET: 'hunter2',
			TOKEN_KEYS: 'hunter2',
			META_GRAPH_BASE: 'https://me:hunter2@localhost'
		};
		const faults = faultsOf({ ...meta, ...secrets });
		for (const name of Object.keys(secrets)) expect(faults).toContain(`${name}: `);
		expect(faults).not.toContain('hunter2');
	});
});

describe('where Meta is', () => {
	test.each([
		['https://graph.example.com', 'https://graph.example.com'],
		['https://graph.example.com/', 'https://graph.example.com'],
		['http://localhost:4000/graph', 'http://localhost:4000/graph'],
		['http://127.0.0.1:4000/graph//', 'http://127.0.0.1:4000/graph'],
		['http://[::1]:4000', 'http://[::1]:4000'],
		['http://meta.localhost:4000', 'http://meta.localhost:4000']
	])('may be %s', (given, base) => {
		expect(readConfig({ ...meta, META_GRAPH_BASE: given }).meta?.bases.graph).toBe(base);
	});

	test.each([
		'http://graph.facebook.com',
		'http://127.0.0.1.example.com',
		'http://localhost.example.com',
		'http://notlocalhost',
		'http://10.0.0.1',
		'ftp://localhost',
		'graph.facebook.com',
		'https://user@graph.example.com',
		'https://graph.example.com?x=1',
		'https://graph.example.com#x',
		'/graph'
	])('may not be %s', (base) => {
		const names = ['META_GRAPH_BASE', 'META_STREAMING_BASE', 'IG_OAUTH_TOKEN_BASE'];
		const faults = faultsOf({ ...meta, ...Object.fromEntries(names.map((name) => [name, base])) });
		for (const name of names) expect(faults).toContain(`${name}: `);
	});
});
