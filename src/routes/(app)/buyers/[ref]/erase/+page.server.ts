import { error, fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { resolve } from '$app/paths';
import { buyerRef, parseBuyerRef } from '$lib/domain/buyer-ref.ts';
import { findAppError } from '$lib/server/trpc/errors.ts';
import { orErrorPage, requireMember } from '../../../../page-access.ts';
import type { Actions, PageServerLoad } from './$types';

const confirmation = z.object({ name: z.string().max(1_000) });

function buyerKeyOf(ref: string): string {
	const buyerKey = parseBuyerRef(ref);
	if (buyerKey === null) error(404, { message: 'There is no such buyer.' });
	return buyerKey;
}

export const load: PageServerLoad = async ({ locals, params, url }) => {
	requireMember(locals, url);
	const buyerKey = buyerKeyOf(params.ref);
	const preview = await orErrorPage(locals, url, locals.api.buyers.erasurePreview({ buyerKey }));
	return { buyerKey, preview };
};

export const actions: Actions = {
	default: async ({ locals, params, request, url }) => {
		requireMember(locals, url);
		const buyerKey = buyerKeyOf(params.ref);
		const input = confirmation.safeParse(Object.fromEntries(await request.formData()));
		if (!input.success) return fail(400, { failure: 'Type the name.' });
		let address: `/buyers/${string}`;
		try {
			const erased = await locals.api.buyers.erase({ buyerKey, ...input.data });
			// Who only commented has no page: nothing of them is left to show.
			address = `/buyers/${erased.claims > 0 ? buyerRef(erased.buyerKey) : 'erased'}`;
		} catch (cause) {
			const refusal = findAppError(cause);
			if (!refusal) throw cause;
			return fail(400, { failure: refusal.message });
		}
		redirect(303, resolve(address));
	}
};
