import { sql } from 'kysely';
import { buyerKey } from '../../../domain/buyer.ts';
import type { Buyer } from '../../../domain/buyer.ts';
import type { Db } from '../database.ts';
import { containsPattern } from './page.ts';
import type { ScopedShow } from './scope.ts';

/** Newest comments that are looked through: whoever is to get a unit has written lately. */
const SEARCHED_COMMENTS = 20_000;

/** People who commented in the show and whose handle or name contains the text, latest first. */
export async function findCommenters(
	db: Db,
	show: ScopedShow,
	search: string,
	limit: number
): Promise<Buyer[]> {
	const pattern = containsPattern(search);
	const rows = await db
		.with('recent', (recent) =>
			recent
				.selectFrom('comments')
				.select(['seq', 'platform', 'user_id', 'handle', 'display_name'])
				.where('show_id', '=', show.id)
				.where('from_page', '=', false)
				.orderBy('seq', 'desc')
				.limit(SEARCHED_COMMENTS)
		)
		.selectFrom('recent')
		.select([
			'platform',
			'user_id',
			sql<string>`(array_agg(handle order by seq desc))[1]`.as('handle'),
			sql<string | null>`(array_agg(display_name order by seq desc))[1]`.as('display_name')
		])
		.where('user_id', 'is not', null)
		.$narrowType<{ user_id: string }>()
		.where((eb) => eb.or([eb('handle', 'ilike', pattern), eb('display_name', 'ilike', pattern)]))
		.groupBy(['platform', 'user_id'])
		.orderBy(sql`max(seq)`, 'desc')
		.limit(limit)
		.execute();
	return rows.map((row) => ({
		key: buyerKey(row.platform, row.user_id),
		platform: row.platform,
		userId: row.user_id,
		handle: row.handle,
		displayName: row.display_name
	}));
}
