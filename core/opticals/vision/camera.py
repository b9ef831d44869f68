"""How the camera moved between two pictures: one plane's motion, found outside of a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CORNERS = 800
_APART = 7  # pixels between two corners
_HOME = 0.5  # pixels by which a corner followed there and back may miss
_PLANE = 1.0  # pixels by which a corner may miss the plane's motion and still be of it
_FEW, _MANY = 8, 40  # corners that a shift, and a homography, need to be believed
_SPREAD = 0.25  # of the picture, that corners must cover for a homography
_LOCKED = 0.1  # pixels in the corners of the picture: less is no motion
_SMALLEST = 32


def motion(
    one: NDArray[np.uint8],
    other: NDArray[np.uint8],
    free_one: NDArray[np.bool_],
    free_other: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """The homography `[3, 3]` that takes places (x, y, 1) of `one` to those of `other`.

    Corners followed by Lucas-Kanade, there and back; RANSAC, whose seed OpenCV fixes. Less than a
    homography where corners are too few for one: an affine motion, a shift, or none.

    Args:
        one, other: luma `[H, W]`.
        free_one, free_other: where the plane is seen.
    """
    still = np.eye(3)
    height, width = one.shape
    if min(height, width) < _SMALLEST:
        return still
    mask = free_one.astype(np.uint8) * 255
    corners = cv2.goodFeaturesToTrack(one, _CORNERS, 0.005, _APART, mask=mask)
    if corners is None or len(corners) < _FEW:
        return still
    start, end = followed(one, other, np.asarray(corners, np.float32))
    column, row = np.floor(end + 0.5).astype(int).T
    seen = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    seen[seen] = free_other[row[seen], column[seen]]
    start, end = start[seen], end[seen]
    if len(start) < _FEW:
        return still
    found = _plane(start, end, height, width)
    frame = np.array([(0, 0), (width, 0), (0, height), (width, height)], np.float64)
    if np.abs(moved(found, frame) - frame).max() < _LOCKED:
        return still
    return found


def moved(plane: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """`places` `[N, 2]` after a homography."""
    led = places @ plane[:, :2].T + plane[:, 2]
    result: NDArray[np.float64] = led[:, :2] / led[:, 2:]
    return result


def followed(
    one: NDArray[np.uint8], other: NDArray[np.uint8], corners: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Corners `[N, 2]` of `one` and where they are in `other`, those that are found again."""
    window, levels = (21, 21), 4
    there, ok, _ = cv2.calcOpticalFlowPyrLK(
        one, other, corners, np.empty_like(corners), winSize=window, maxLevel=levels
    )
    back, also, _ = cv2.calcOpticalFlowPyrLK(
        other, one, there, np.empty_like(corners), winSize=window, maxLevel=levels
    )
    home = np.linalg.norm(back - corners, axis=-1)[:, 0] < _HOME
    kept = home & (ok[:, 0] == 1) & (also[:, 0] == 1)
    return corners[kept, 0], np.asarray(there, np.float32)[kept, 0]


def _plane(
    start: NDArray[np.float32], end: NDArray[np.float32], height: int, width: int
) -> NDArray[np.float64]:
    if len(start) >= _MANY:
        found, inliers = cv2.findHomography(start, end, cv2.RANSAC, _PLANE, maxIters=2000)
        kept = inliers[:, 0] == 1 if found is not None else np.zeros(len(start), bool)
        hull = cv2.contourArea(cv2.convexHull(start[kept])) if kept.sum() > 2 else 0.0
        if kept.sum() >= max(_MANY, 0.3 * len(start)) and hull > _SPREAD * height * width:
            return np.asarray(found, np.float64)
    affine, inliers = cv2.estimateAffinePartial2D(start, end, ransacReprojThreshold=_PLANE)
    if affine is not None and (inliers[:, 0] == 1).sum() >= max(_FEW, 0.2 * len(start)):
        return np.vstack((affine, (0.0, 0.0, 1.0)))
    shift = np.eye(3)
    shift[:2, 2] = np.median(end - start, axis=0)
    return shift
