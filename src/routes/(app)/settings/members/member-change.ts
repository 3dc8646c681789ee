/** What is about to be done about a member. */
export type MemberChange<Member> = {
	readonly kind: 'role' | 'transfer' | 'remove' | 'leave';
	readonly member: Member;
};
