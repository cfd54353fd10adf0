/** The metadata store on ZooKeeper. */
@NullMarked
package io.sluice.log.zookeeper;

import org.jspecify.annotations.NullMarked;
