import { describe, expect, test } from 'vitest';
import { GraphStub } from '../../../../../tests/fixtures/graph-stub.ts';
import {
	isAccountSubscribed,
	lookUpAccount,
	lookUpOwnAccount,
	subscribeAccount,
	unsubscribeAccount
} from './account.ts';
import type { InstagramAccess } from './account.ts';

const accountId = '17841400000000001';
const BY_PAGE: InstagramAccess = {
	login: 'facebook',
	pageId: '1093482904102',
	accountId,
	token: 'EAApage'
};
const BY_ITSELF: InstagramAccess = { login: 'instagram', accountId, token: 'IGAAtoken' };

describe('the webhooks of an Instagram account', () => {
	test('go through its page with Facebook Login', async () => {
		await using stub = await GraphStub.start(() => ({ success: true }));
		await subscribeAccount(stub.client, BY_PAGE);
		await unsubscribeAccount(stub.client, BY_PAGE);
		const path = '/v25.0/1093482904102/subscribed_apps';
		const authorization = 'Bearer EAApage';
		expect(stub.calls).toMatchObject([
			{ method: 'POST', path, authorization, query: { subscribed_fields: 'feed,live_videos' } },
			{ method: 'DELETE', path, authorization }
		]);
	});

	test('are its own with Instagram Login', async () => {
		await using stub = await GraphStub.start(() => ({ success: true }));
		await subscribeAccount(stub.client, BY_ITSELF);
		const path = '/instagram/v25.0/17841400000000001/subscribed_apps';
		const query = { subscribed_fields: 'comments,live_comments' };
		const authorization = 'Bearer IGAAtoken';
		expect(stub.calls).toMatchObject([{ method: 'POST', path, authorization, query }]);
	});

	test.each([
		[BY_PAGE, '4242', ['feed', 'live_videos'], true],
		[BY_PAGE, '5353', ['feed', 'live_videos'], false],
		[BY_ITSELF, '5353', ['comments', 'live_comments'], true],
		[BY_ITSELF, '4242', ['comments', 'live_comments'], true],
		[BY_ITSELF, '1', ['comments', 'live_comments'], false],
		[BY_ITSELF, '5353', ['comments'], false]
	])('are on when our app is listed with its fields', async (access, id, fields, isOn) => {
		const data = [{ id, subscribed_fields: fields }];
		await using stub = await GraphStub.start(() => ({ data }));
		expect(await isAccountSubscribed(stub.client, access)).toBe(isOn);
	});
});

describe('an Instagram account', () => {
	test('behind a page is read by its id', async () => {
		await using stub = await GraphStub.start(() => ({ id: accountId, username: 'demo_shop' }));
		expect(await lookUpAccount(stub.client, BY_PAGE)).toEqual({
			accountId,
			appScopedId: null,
			username: 'demo_shop'
		});
		expect(stub.calls[0]?.path).toBe('/v25.0/17841400000000001');
	});

	test('with its own token is `user_id`, which may be a bare number beyond 2^53', async () => {
		const body = '{"user_id":17841400000000001,"id":"6000000000001","username":"demo_shop"}';
		await using stub = await GraphStub.start(() => body);
		const account = { accountId, appScopedId: '6000000000001', username: 'demo_shop' };
		expect(await lookUpOwnAccount(stub.client, { token: 'IGAAtoken' })).toEqual(account);
		expect(await lookUpAccount(stub.client, BY_ITSELF)).toEqual(account);
		expect(stub.calls[0]).toMatchObject({
			path: '/instagram/v25.0/me',
			authorization: 'Bearer IGAAtoken'
		});
	});
});
