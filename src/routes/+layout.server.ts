import { memberProfile } from '$lib/server/auth/member.ts';
import { TIME_ZONE_COOKIE, knownTimeZone } from '$lib/ui/time-zone.svelte.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals, cookies }) => ({
	member: locals.member && memberProfile(locals.member),
	timeZone: locals.member?.workspace.timeZone ?? knownTimeZone(cookies.get(TIME_ZONE_COOKIE))
});
