import { describe, expect, test } from 'vitest';
import { missingPermissions, permissionsFor, scopesFor } from './permissions.ts';
import type { PermissionCheck } from './permissions.ts';

const PAGE = '1093482904102';
const ACCOUNT = '17841400000000001';

const everything: PermissionCheck = {
	platform: 'facebook',
	login: 'facebook',
	granted: scopesFor('facebook', ['facebook', 'instagram']),
	granularScopes: [],
	assetIds: [PAGE]
};

const missing = (changes: Partial<PermissionCheck>): string[] =>
	missingPermissions({ ...everything, ...changes }).map(({ permission }) => permission);

describe('the scopes to ask for', () => {
	test('are those of the contract', () => {
		expect(scopesFor('facebook', ['facebook']).sort()).toEqual([
			'pages_manage_metadata',
			'pages_read_engagement',
			'pages_read_user_content',
			'pages_show_list'
		]);
		expect(scopesFor('facebook', ['instagram']).sort()).toEqual([
			'instagram_basic',
			'instagram_manage_comments',
			'pages_manage_metadata',
			'pages_read_engagement',
			'pages_show_list'
		]);
		expect(scopesFor('instagram', ['instagram'])).toEqual([
			'instagram_business_basic',
			'instagram_business_manage_comments'
		]);
	});

	test('name none twice and none that is optional', () => {
		const both = scopesFor('facebook', ['facebook', 'instagram']);
		expect(new Set(both).size).toBe(both.length);
		expect(both).not.toContain('ads_read');
		expect(permissionsFor('instagram', 'facebook').some(({ need }) => need === 'optional')).toBe(
			true
		);
	});

	test('are none for a Page by Instagram Login: it knows no Pages', () => {
		expect(scopesFor('instagram', ['facebook'])).toEqual([]);
	});
});

describe('missingPermissions', () => {
	test('finds nothing when all are granted', () => {
		expect(missing({})).toEqual([]);
		expect(missing({ platform: 'instagram', assetIds: [PAGE, ACCOUNT] })).toEqual([]);
	});

	test('finds each one that is not granted, and how much it matters', () => {
		const found = missingPermissions({ ...everything, granted: ['pages_show_list'] });
		expect(found.map(({ permission, need }) => [permission, need])).toEqual([
			['pages_read_engagement', 'required'],
			['pages_read_user_content', 'required'],
			['pages_manage_metadata', 'webhook']
		]);
		for (const { permission, why } of found) {
			expect(why).toContain(permission);
			expect(why).toMatch(/was not granted\. It is needed to .+\. Connect again and allow it\.$/);
		}
	});

	test('counts one that was granted for other Pages only', () => {
		const granularScopes = [
			{ scope: 'pages_show_list', targetIds: [PAGE, '2'] },
			{ scope: 'pages_read_engagement', targetIds: null },
			{ scope: 'pages_read_user_content', targetIds: ['2'] },
			{ scope: 'pages_manage_metadata', targetIds: [] }
		];
		const found = missingPermissions({ ...everything, granularScopes });
		expect(found.map(({ permission }) => permission)).toEqual([
			'pages_read_user_content',
			'pages_manage_metadata'
		]);
		for (const { why } of found) expect(why).toContain('not granted for this Page');
	});

	test('takes two entries of one scope together', () => {
		const granularScopes = [
			{ scope: 'pages_show_list', targetIds: ['2'] },
			{ scope: 'pages_show_list', targetIds: [PAGE] }
		];
		expect(missing({ granularScopes })).toEqual([]);
	});

	test('of Instagram through the Page looks at the Page’s id and at the account’s', () => {
		const granularScopes = [
			{ scope: 'pages_show_list', targetIds: [PAGE] },
			{ scope: 'instagram_basic', targetIds: [ACCOUNT] },
			{ scope: 'instagram_manage_comments', targetIds: ['17841400000000002'] }
		];
		const check = { platform: 'instagram', granularScopes, assetIds: [PAGE, ACCOUNT] } as const;
		expect(missing(check)).toEqual(['instagram_manage_comments']);
	});

	test('of Instagram Login looks at its own permissions', () => {
		const check = { platform: 'instagram', login: 'instagram', assetIds: [ACCOUNT] } as const;
		expect(missing({ ...check, granted: ['instagram_business_basic'] })).toEqual([
			'instagram_business_manage_comments'
		]);
	});
});
