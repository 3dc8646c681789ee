import type { Machinery } from './define-switch.ts';

/** What `GET /admin/state` shows. No token is in it. */
export function stateOf(machinery: Machinery): object {
	const { world, knobs, calls, failures, streams, sender, clock, seed } = machinery;
	return {
		seed,
		now: clock.now(),
		people: [...world.people.values()].map(({ id, name, grant }) => ({
			id,
			name,
			permissions: Object.fromEntries(grant?.scopes ?? []),
			pages: [...(grant?.pageIds ?? [])]
		})),
		pages: [...world.pages.values()].map((page) => ({
			id: page.id,
			name: page.name,
			roles: [...page.roles.keys()],
			subscribedFields: [...page.subscribedFields],
			instagram: page.instagram?.id ?? null,
			lives: page.lives.map(({ id, videoId, postId, title, status, comments }) => ({
				id,
				videoId,
				postId,
				title,
				status,
				comments: comments.all.length,
				streams: streams.count(id)
			}))
		})),
		instagramAccounts: [...world.instagramAccounts.values()].map((account) => ({
			id: account.id,
			username: account.username,
			page: account.page?.id ?? null,
			permissions: Object.fromEntries(account.grant?.scopes ?? []),
			subscribedFields: [...account.subscribedFields],
			lives: account.lives.map(({ id, isOn, comments }) => ({
				id,
				isOn,
				comments: comments.all.length
			}))
		})),
		calls: calls.toJSON(),
		tokensInUrls: calls.tokensInUrls,
		failures: failures.toJSON(),
		webhooks: { ...sender.deliveries.counts, dropped: sender.dropped, pending: sender.pending },
		knobs: knobs.values
	};
}
