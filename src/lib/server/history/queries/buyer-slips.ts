import type { Db } from '../database.ts';
import type { ScopedShow } from './scope.ts';

/** What goes to one buyer of a show; linked identities get one parcel. */
export type PackingSlip = {
	/** The identity that won last. */
	readonly buyerKey: string;
	readonly handle: string;
	readonly displayName: string | null;
	readonly platform: string;
	/** Other handles of the same person that won something. */
	readonly alsoAs: readonly { readonly platform: string; readonly handle: string }[];
	/** By number. */
	readonly lines: readonly SlipLine[];
	readonly units: number;
};

export type SlipLine = {
	readonly item: string;
	readonly title: string;
	readonly quantity: number;
};

async function readWonClaims(db: Db, show: ScopedShow) {
	return await db
		.selectFrom('claims')
		.innerJoin('items', 'items.id', 'claims.item_id')
		.leftJoin('buyer_identities', (join) =>
			join
				.onRef('buyer_identities.buyer_key', '=', 'claims.buyer_key')
				.on('buyer_identities.workspace_id', '=', show.workspaceId)
		)
		.select([
			'claims.buyer_key',
			'claims.platform',
			'claims.handle',
			'claims.display_name',
			'claims.item_id',
			'claims.item_number',
			'items.title',
			'buyer_identities.profile_id'
		])
		.where('claims.show_id', '=', show.id)
		.where('claims.state', '=', 'winner')
		.orderBy('claims.won_seq', 'desc')
		.execute();
}

type WonClaim = Awaited<ReturnType<typeof readWonClaims>>[number];

function toSlip(claims: readonly WonClaim[], newest: WonClaim): PackingSlip {
	const lines = [...Map.groupBy(claims, (claim) => claim.item_id).values()]
		.map((units) => ({
			item: String(units[0]?.item_number ?? ''),
			title: units[0]?.title ?? '',
			quantity: units.length
		}))
		.sort((a, b) => Number(a.item) - Number(b.item));
	const others = new Map(
		claims
			.filter((claim) => claim.buyer_key !== newest.buyer_key)
			.map(({ buyer_key: key, platform, handle }) => [key, { platform, handle }])
	);
	return {
		buyerKey: newest.buyer_key,
		handle: newest.handle,
		displayName: newest.display_name,
		platform: newest.platform,
		alsoAs: [...others.values()],
		lines,
		units: claims.length
	};
}

/**
 * The packing slips of everybody who holds a unit of the show, by handle; `buyerKey`: of this person alone
 * (any identity of theirs names them). One query over the show's claims (index `claims_show`).
 */
export async function listPackingSlips(
	db: Db,
	show: ScopedShow,
	buyerKey: string | null
): Promise<PackingSlip[]> {
	const people = Map.groupBy(
		await readWonClaims(db, show),
		(claim) => claim.profile_id ?? claim.buyer_key
	);
	return [...people.values()]
		.filter((claims) => buyerKey === null || claims.some((claim) => claim.buyer_key === buyerKey))
		.flatMap((claims) => (claims[0] ? [toSlip(claims, claims[0])] : []))
		.sort((a, b) => byHandle.compare(a.handle, b.handle) || (a.buyerKey < b.buyerKey ? -1 : 1));
}

const byHandle = new Intl.Collator('en', { sensitivity: 'base', numeric: true });
