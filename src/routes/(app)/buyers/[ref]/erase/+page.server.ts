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
		let erased: Awaited<ReturnType<typeof locals.api.buyers.erase>>;
		try {
			erased = await locals.api.buyers.erase({ buyerKey, ...input.data });
		} catch (cause) {
			const refusal = findAppError(cause);
			if (!refusal) throw cause;
			return fail(400, { failure: refusal.message });
		}
		// Of somebody who only commented no page is left.
		const isBuyer = erased.claims > 0;
		redirect(303, resolve(isBuyer ? `/buyers/${buyerRef(erased.buyerKey)}` : '/buyers?erased=yes'));
	}
};
