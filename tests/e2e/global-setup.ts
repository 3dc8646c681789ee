import { buildApp, isBuildStale } from '../../scripts/lib/app-process.ts';

/** Builds the application once, before the workers start their servers from it. */
export default async function setUp(): Promise<void> {
	if (isBuildStale()) await buildApp();
}
