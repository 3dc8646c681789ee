import { currentApp } from '$lib/server/current-app.ts';
import type { ExportServices } from '$lib/server/exports/endpoint.ts';

/** What exports of this process work with. */
export function exportServices(): ExportServices {
	const { services, exports } = currentApp();
	const { db, redis, logger } = services;
	return { db, redis, logger, slots: exports };
}
