/**
 * The header of a watch, with the value `true`, that tells that its sender only looks: it is not the virtual kubelet of the node, and
 * InterLink's pages do not count it as that.
 */
export const onlookerHeader = 'interlink-onlooker';
