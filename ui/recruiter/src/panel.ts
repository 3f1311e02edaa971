/** What can stand at the side of the pictures. */
export type Panel = 'chat' | 'people' | 'devices';
