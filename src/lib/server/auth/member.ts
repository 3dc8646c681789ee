import type { MemberRole } from '../history/tables/people.ts';
import { may } from './permissions.ts';

export type { MemberRole } from '../history/tables/people.ts';

/** Whoever is signed in, with the workspace that they work in and the session that says so. */
export type Member = {
	readonly userId: string;
	readonly name: string;
	readonly email: string;
	/** A secret: whoever knows it is signed in. Never sent to the browser but as the cookie. */
	readonly sessionId: string;
	/** When the session ends unless it is used before. */
	readonly expiresAt: Date;
	/** The session was just made or renewed: the browser must get its cookie (again). */
	readonly fresh: boolean;
	readonly workspace: {
		readonly id: string;
		readonly name: string;
		/** In which the workspace reads its times; an IANA name. */
		readonly timeZone: string;
	};
	readonly role: MemberRole;
};

/** What pages may know of the signed-in member. */
export type MemberProfile = Pick<Member, 'userId' | 'name' | 'email' | 'workspace' | 'role'>;

export function memberProfile(member: Member): MemberProfile {
	const { userId, name, email, workspace, role } = member;
	return { userId, name, email, workspace, role };
}

/** Whether the role may change shows; a viewer only watches. */
export function mayOperate(role: MemberRole): boolean {
	return may(role, 'runShows');
}

/** How a member is named in events and in the audit log. */
export function actorOf(member: Pick<Member, 'userId'>): string {
	return `user:${member.userId}`;
}
